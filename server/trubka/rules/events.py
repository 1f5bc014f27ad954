"""The log of events: its 26-letter ids, which are made of a line's time and number, and the types of its lines."""

from __future__ import annotations

import re

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
VALUES = {letter: value for value, letter in enumerate(LETTERS)}
LENGTH = 26
NUMBER_BITS = 80
MOST_NUMBER = 2**63 - 1
MOST_SECONDS = 2**48 // 1000 - 1  # the time is kept in milliseconds, as in a ULID

OF_A_FIELD = re.compile(r"custom_field_(\d+)_value_changed")
ANY_FIELD = "custom_field_value_changed"
FIRST_FIELD_TYPE = 100_000  # a field's own type is this and its number


def id_of(created_at: int, number: int) -> str:
    """Later lines have greater ids; of the same second those with greater numbers."""
    whole = (min(max(created_at, 0), MOST_SECONDS) * 1000 << NUMBER_BITS) | number
    return "".join(LETTERS[whole >> 5 * place & 31] for place in range(LENGTH - 1, -1, -1))


def read_id(text: str) -> tuple[int, int] | None:
    """(created_at, number) of an id; None when it is none of ours."""
    if len(text) != LENGTH:
        return None
    whole = 0
    for letter in text.lower():
        if (value := VALUES.get(letter)) is None:
            return None
        whole = whole << 5 | value
    milliseconds, number = whole >> NUMBER_BITS, whole & (1 << NUMBER_BITS) - 1
    seconds, rest = divmod(milliseconds, 1000)
    return None if rest or seconds > MOST_SECONDS or number > MOST_NUMBER else (seconds, number)


TYPES: dict[str, tuple[int, str, str]] = {  # key: (number, Russian, English); the numbers never change
    "lead_added": (1, "Новая сделка", "New lead"),
    "contact_added": (2, "Новый контакт", "New contact"),
    "company_added": (3, "Новая компания", "New company"),
    "customer_added": (4, "Новый покупатель", "New customer"),
    "lead_status_changed": (5, "Изменение этапа сделки", "Lead stage changed"),
    "customer_status_changed": (6, "Изменение этапа покупателя", "Customer stage changed"),
    "lead_deleted": (7, "Сделка удалена", "Lead deleted"),
    "lead_restored": (8, "Сделка восстановлена", "Lead restored"),
    "contact_deleted": (9, "Контакт удалён", "Contact deleted"),
    "contact_restored": (10, "Контакт восстановлен", "Contact restored"),
    "company_deleted": (11, "Компания удалена", "Company deleted"),
    "company_restored": (12, "Компания восстановлена", "Company restored"),
    "customer_deleted": (13, "Покупатель удалён", "Customer deleted"),
    "entity_merged": (14, "Карточки объединены", "Cards merged"),
    "task_added": (15, "Новая задача", "New task"),
    "task_deleted": (16, "Задача удалена", "Task deleted"),
    "task_completed": (17, "Задача завершена", "Task completed"),
    "task_type_changed": (18, "Изменение типа задачи", "Task type changed"),
    "task_text_changed": (19, "Изменение текста задачи", "Task text changed"),
    "task_deadline_changed": (20, "Изменение срока задачи", "Task deadline changed"),
    "task_result_added": (21, "Результат по задаче", "Task result added"),
    "incoming_call": (22, "Входящий звонок", "Incoming call"),
    "outgoing_call": (23, "Исходящий звонок", "Outgoing call"),
    "incoming_chat_message": (24, "Входящее сообщение", "Incoming message"),
    "outgoing_chat_message": (25, "Исходящее сообщение", "Outgoing message"),
    "entity_direct_message": (26, "Сообщение внутреннего чата", "Direct message"),
    "incoming_sms": (27, "Входящее SMS", "Incoming SMS"),
    "outgoing_sms": (28, "Исходящее SMS", "Outgoing SMS"),
    "entity_tag_added": (29, "Тег добавлен", "Tag added"),
    "entity_tag_deleted": (30, "Тег убран", "Tag removed"),
    "entity_linked": (31, "Прикрепление", "Linked"),
    "entity_unlinked": (32, "Открепление", "Unlinked"),
    "lead_linked": (33, "Прикрепление сделки", "Lead linked"),
    "lead_unlinked": (34, "Открепление сделки", "Lead unlinked"),
    "contact_linked": (35, "Прикрепление контакта", "Contact linked"),
    "contact_unlinked": (36, "Открепление контакта", "Contact unlinked"),
    "company_linked": (37, "Прикрепление компании", "Company linked"),
    "company_unlinked": (38, "Открепление компании", "Company unlinked"),
    "customer_linked": (39, "Прикрепление покупателя", "Customer linked"),
    "customer_unlinked": (40, "Открепление покупателя", "Customer unlinked"),
    "entity_responsible_changed": (41, "Ответственный изменён", "Responsible user changed"),
    "name_field_changed": (42, "Изменение названия", "Name changed"),
    "sale_field_changed": (43, "Изменение бюджета", "Budget changed"),
    "ltv_field_changed": (44, "Изменение суммы покупок", "Purchases changed"),
    ANY_FIELD: (45, "Изменение поля", "Field changed"),
    "common_note_added": (46, "Новое примечание", "Note added"),
    "common_note_deleted": (47, "Примечание удалено", "Note deleted"),
    "attachment_note_added": (48, "Добавлен файл", "File added"),
    "service_note_added": (49, "Системное примечание", "Service note added"),
    "geo_note_added": (50, "Примечание с геометкой", "Geolocation added"),
    "site_visit_note_added": (51, "Заход на сайт", "Site visited"),
    "message_to_cashier_note_added": (52, "Сообщение кассиру", "Message to the cashier"),
    "targeting_in_note_added": (53, "Добавление в ретаргетинг", "Added to retargeting"),
    "targeting_out_note_added": (54, "Удаление из ретаргетинга", "Removed from retargeting"),
    "link_followed": (55, "Переход по ссылке", "Link followed"),
    "transaction_added": (56, "Новая покупка", "Purchase added"),
    "nps_rate_added": (57, "Новая оценка NPS", "NPS rate added"),
}
