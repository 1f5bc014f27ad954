// What a line of the audit list says, in both languages. A deed that is not here is shown by its own name.
import type { AuditRow } from "../api/desk";

const DEEDS: Record<string, { en: string; ru: string }> = {
  account_changed: { en: "Company changed", ru: "Изменена компания" },
  user_added: { en: "Person invited", ru: "Приглашён сотрудник" },
  user_joined: { en: "Person joined", ru: "Сотрудник пришёл" },
  user_changed: { en: "Person changed", ru: "Изменён сотрудник" },
  user_activated: { en: "Person switched on", ru: "Сотрудник включён" },
  user_deactivated: { en: "Person switched off", ru: "Сотрудник выключен" },
  link_made: { en: "One-time link made", ru: "Создана одноразовая ссылка" },
  group_added: { en: "Group created", ru: "Создан отдел" },
  group_changed: { en: "Group renamed", ru: "Переименован отдел" },
  group_deleted: { en: "Group deleted", ru: "Удалён отдел" },
  role_added: { en: "Role created", ru: "Создана роль" },
  role_changed: { en: "Role changed", ru: "Изменена роль" },
  role_deleted: { en: "Role deleted", ru: "Удалена роль" },
  account_added: { en: "Company created", ru: "Создана компания" },
  integration_added: { en: "Integration created", ru: "Создана интеграция" },
  integration_changed: { en: "Integration changed", ru: "Изменена интеграция" },
  integration_deleted: { en: "Integration deleted", ru: "Удалена интеграция" },
  integration_secret_changed: { en: "New secret of an integration", ru: "Новый секрет интеграции" },
  code_made: { en: "Authorization code made", ru: "Создан код авторизации" },
  code_used_twice: {
    en: "A code was used twice: its tokens are revoked",
    ru: "Код предъявлен дважды: его токены отозваны",
  },
  grant_added: { en: "Access given to an integration", ru: "Интеграции дан доступ" },
  token_added: { en: "Token made", ru: "Создан токен" },
  token_revoked: { en: "Token revoked", ru: "Отозван токен" },
  webhook_set: { en: "Webhook subscribed", ru: "Подписан вебхук" },
  webhook_removed: { en: "Webhook removed", ru: "Снят вебхук" },
  recording_heard: { en: "Recording heard", ru: "Прослушана запись" },
  recording_downloaded: { en: "Recording downloaded", ru: "Скачана запись" },
  recordings_kept_for: { en: "How long recordings are kept changed", ru: "Изменён срок хранения записей" },
  recordings_expired: { en: "Old recordings deleted by the rule", ru: "Старые записи удалены по сроку" },
  recordings_erased: { en: "Recordings of a contact erased", ru: "Стёрты записи контакта" },
  loss_reason_added: { en: "Reason for a loss created", ru: "Создана причина отказа" },
  loss_reason_changed: { en: "Reason for a loss changed", ru: "Изменена причина отказа" },
  loss_reason_deleted: { en: "Reason for a loss deleted", ru: "Удалена причина отказа" },
  pipeline_added: { en: "Pipeline created", ru: "Создана воронка" },
  pipeline_changed: { en: "Pipeline changed", ru: "Изменена воронка" },
  pipeline_deleted: { en: "Pipeline deleted", ru: "Удалена воронка" },
  status_added: { en: "Stage created", ru: "Создан этап" },
  status_changed: { en: "Stage changed", ru: "Изменён этап" },
  status_deleted: { en: "Stage deleted", ru: "Удалён этап" },
  field_added: { en: "Field created", ru: "Создано поле" },
  field_changed: { en: "Field changed", ru: "Изменено поле" },
  field_deleted: { en: "Field deleted", ru: "Удалено поле" },
  customer_status_added: { en: "Status of customers created", ru: "Создан статус покупателей" },
  customer_status_changed: { en: "Status of customers changed", ru: "Изменён статус покупателей" },
  customer_status_deleted: { en: "Status of customers deleted", ru: "Удалён статус покупателей" },
  customers_mode_changed: { en: "Work with customers changed", ru: "Изменена работа с покупателями" },
  pbx_added: { en: "PBX connected", ru: "Подключена АТС" },
  pbx_changed: { en: "PBX changed", ru: "Изменена АТС" },
  pbx_deleted: { en: "PBX removed", ru: "Удалена АТС" },
  pbx_secret_changed: { en: "New secret of a PBX", ru: "Новый секрет АТС" },
  line_added: { en: "Line added", ru: "Добавлена линия" },
  line_changed: { en: "Line changed", ru: "Изменена линия" },
  line_deleted: { en: "Line removed", ru: "Удалена линия" },
  hours_added: { en: "Working hours created", ru: "Созданы рабочие часы" },
  hours_changed: { en: "Working hours changed", ru: "Изменены рабочие часы" },
  hours_deleted: { en: "Working hours removed", ru: "Удалены рабочие часы" },
  extensions_changed: { en: "Devices of a person changed", ru: "Изменены телефоны сотрудника" },
  absence_changed: { en: "Absence of a person changed", ru: "Изменено отсутствие сотрудника" },
  recording_erased: { en: "Recording erased", ru: "Стёрта запись разговора" },
  recordings_tried_again: { en: "Recordings fetched again", ru: "Записи запрошены заново" },
  webhook_enabled: { en: "Webhook switched on", ru: "Включён вебхук" },
  webhook_tested: { en: "Test sent to a webhook", ru: "Отправлена проверка вебхуку" },
  delivery_sent_again: { en: "A delivery sent again", ru: "Доставка отправлена заново" },
  deliveries_sent_again: { en: "Failed deliveries sent again", ru: "Неудачные доставки отправлены заново" },
  cards_exported: { en: "Cards exported", ru: "Выгружены карточки" },
  webhook_disabled: { en: "Webhook disabled", ru: "Отключён вебхук" },
};

const ABOUT_USERS = /^(user_|link_made)/;
const ABOUT_COMPANY = /^account_/;

export function deedText(deed: string, language: string): string {
  const known = DEEDS[deed];
  return known ? known[language === "ru" ? "ru" : "en"] : deed.replaceAll("_", " ");
}

/** What it was done to: by name where there is one, else by its number. */
export function subjectText(
  row: AuditRow,
  nameOf: (kind: "user" | "integration", id: string) => string | undefined,
): string {
  const { name, email } = row.details;
  if (typeof name === "string" && name !== "") return typeof email === "string" ? `${name}, ${email}` : name;
  if (ABOUT_COMPANY.test(row.deed))
    return Object.values(row.details)
      .filter((each) => typeof each === "string")
      .join(", ");
  return nameOf(ABOUT_USERS.test(row.deed) ? "user" : "integration", row.subject) ?? row.subject;
}

export const known = Object.keys(DEEDS);
