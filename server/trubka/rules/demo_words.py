"""What is said and sold in the demo company, in its language: it makes doors and windows."""

from __future__ import annotations

import msgspec


class Words(msgspec.Struct, frozen=True):
    firms: tuple[str, ...]
    positions: tuple[str, ...]
    tags: tuple[str, ...]
    goods: tuple[str, ...]
    prices: tuple[int, int]
    step: int  # of the prices
    inbound: tuple[tuple[str, str], ...]  # what came of a call, and what is to be done next, if anything
    outbound: tuple[tuple[str, str], ...]
    not_reached: dict[int, str]  # by the status
    todos: tuple[str, ...]
    done: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    wishes: tuple[str, ...]
    closed: str  # why a call is not owed any more
    form: str
    site: str


RUSSIAN = Words(
    firms=(
        "ООО «Ромашка»",
        "ООО «СтройМонтаж»",
        "АО «ТехноСервис»",
        "ООО «Северный дом»",
        "ИП Лебедев А. С.",
        "ООО «Вектор Плюс»",
        "Гостиница «Берёзка»",
        "ООО «Альянс-Строй»",
        "Стоматология «Улыбка»",
        "ООО «Кедр»",
        "Школа № 14",
        "ООО «Логистика Центр»",
        "Кофейня «Зерно»",
        "ООО «Гарант»",
        "ЖК «Речной»",
        "ООО «Планета ремонта»",
        "ИП Орлова Н. В.",
        "Клиника «Здоровье»",
        "ООО «Новый фасад»",
        "АО «Заря»",
        "ТСЖ «Садовая, 12»",
        "ООО «Мастер»",
        "Фитнес-клуб «Движение»",
        "ООО «Дачный сезон»",
    ),
    positions=("Директор", "Закупщик", "Главный инженер", "Бухгалтер", "Прораб", "Администратор", "Управляющий"),
    tags=("Постоянный", "Опт", "Дилер", "Рекомендация", "Сайт", "Выставка", "VIP"),
    goods=(
        "Окна на дачу",
        "Межкомнатные двери, 12 шт.",
        "Остекление балкона",
        "Двери в новый офис",
        "Входная группа",
        "Замена стеклопакетов",
        "Перегородки в переговорную",
        "Витрина магазина",
        "Противопожарные двери",
        "Окна в коттедж",
        "Ремонт створок",
        "Раздвижные двери",
    ),
    prices=(18_000, 900_000),
    step=500,
    inbound=(
        ("Просит счёт, готовы оплатить сегодня", "Отправить счёт"),
        ("Спрашивали срок доставки: устраивает четверг", ""),
        ("Хочет замер в субботу с утра", "Записать на замер"),
        ("Спрашивает скидку за объём, обещали посчитать", "Посчитать скидку и перезвонить"),
        ("Оплатили, ждут отгрузку", ""),
        ("Жалуется на царапину, заменим створку бесплатно", "Проверить, что створку заменили"),
        ("Выбирают между нами и соседями, просят подробную смету", "Отправить смету"),
        ("Просит перенести монтаж на неделю", "Согласовать новый день с бригадой"),
        ("Вопрос, открыты ли мы в выходные", ""),
        ("Нужны закрывающие документы за месяц", "Передать в бухгалтерию"),
    ),
    outbound=(
        ("Договорились о замере на среду", "Подтвердить замер"),
        ("Смету получили, ответят после планёрки", "Узнать решение по смете"),
        ("Договор подписан, аванс на этой неделе", "Проверить аванс"),
        ("Дорого, просит вариант попроще", "Подготовить второй вариант"),
        ("Пока не актуально, вернуться весной", ""),
        ("Всё установили, доволен, даст наш номер соседям", ""),
        ("Звонок по пропущенному: вопрос по гарантии, решили", ""),
        ("Нужно согласовать цвет с дизайнером", "Узнать про цвет"),
    ),
    not_reached={3: "Нет на месте, просили позже", 6: "Не берёт трубку", 7: "Занято"},
    todos=(
        "Перезвонить по смете",
        "Отправить договор",
        "Уточнить размеры проёма",
        "Напомнить про оплату",
        "Согласовать день монтажа",
        "Узнать решение директора",
        "Отправить фото образцов",
        "Поздравить с новосельем и спросить отзыв",
    ),
    done=(
        ("Отправить прайс", "отправлено на почту, получили"),
        ("Заказать образцы", "приедут во вторник"),
        ("Перезвонить после обеда", "договорились о встрече"),
        ("Проверить оплату", "деньги пришли"),
        ("Подготовить смету", "готова, 3 варианта"),
        ("Записать на замер", "замерщик будет в 11"),
    ),
    notes=(
        "Въезд во двор по пропуску, предупредить охрану за час.",
        "Решает директор, но все вопросы по цвету к жене.",
        "Просили не звонить до 10 утра.",
        "Сравнивали с двумя другими: у нас дороже на 7 %, но быстрее.",
        "Проём неровный, монтажникам взять расширители.",
        "Оплата двумя частями: 60 % аванс, остальное после монтажа.",
        "Пришли по рекомендации соседей с третьего этажа.",
        "Прислали план этажа, 14 дверей, две из них противопожарные.",
    ),
    wishes=(
        "Рассчитайте, пожалуйста, три окна 140×150 с монтажом.",
        "Сколько стоит заменить входную дверь в квартире?",
        "Нужны перегородки в офис, около 20 м², когда можно замер?",
        "Балкон 6 метров, тёплое остекление. Перезвоните после 18.",
    ),
    closed="Ответили в мессенджере, вопрос решён",
    form="Расчёт стоимости",
    site="Сайт",
)

ENGLISH = Words(
    firms=(
        "Northwind Homes Ltd",
        "Hartley & Sons",
        "Riverside Apartments",
        "Birch Hotel",
        "Cedar Joinery Ltd",
        "Bright Dental Care",
        "Fairfield School",
        "Grain Coffee House",
        "Albion Construction",
        "Garden Row Estates",
        "Peak Fitness Club",
        "Lantern Books",
        "Meridian Logistics",
        "Oakley Interiors",
        "Westgate Clinic",
        "Foundry Studios",
        "Beacon Housing",
        "Larkspur Nursery",
        "Harbour View Lettings",
        "Stonebridge Builders",
        "Union Street Bakery",
        "Tallis Architects",
        "Quayside Offices",
        "Summerhouse Co.",
    ),
    positions=("Director", "Buyer", "Site manager", "Accountant", "Office manager", "Architect", "Caretaker"),
    tags=("Regular", "Wholesale", "Dealer", "Referral", "Website", "Trade show", "VIP"),
    goods=(
        "Windows for a cottage",
        "Interior doors, 12",
        "Balcony glazing",
        "Doors for a new office",
        "Shop front",
        "Glass replacement",
        "Meeting-room partitions",
        "Sliding doors",
        "Fire doors",
        "Bay windows",
        "Hinge repair",
        "Front door",
    ),
    prices=(400, 24_000),
    step=10,
    inbound=(
        ("Asks for the invoice, ready to pay today", "Send the invoice"),
        ("Wanted the delivery date: Thursday suits", ""),
        ("Would like measuring on Saturday morning", "Book the measuring"),
        ("Asks for a volume discount, promised to work it out", "Work out the discount and call back"),
        ("Paid, waiting for dispatch", ""),
        ("Complains of a scratch, we replace the pane for free", "Check that the pane was replaced"),
        ("Choosing between us and the neighbours, wants a detailed quote", "Send the quote"),
        ("Wants the fitting a week later", "Agree a new day with the fitters"),
        ("Asked whether we are open at the weekend", ""),
        ("Needs last month's paperwork", "Pass it to accounts"),
    ),
    outbound=(
        ("Measuring agreed for Wednesday", "Confirm the measuring"),
        ("Got the quote, will answer after their meeting", "Ask about the quote"),
        ("Contract signed, deposit this week", "Check the deposit"),
        ("Too dear, wants a simpler version", "Prepare a second version"),
        ("Not now, come back in spring", ""),
        ("All fitted, happy, will pass our number on", ""),
        ("Called back: a question about the warranty, settled", ""),
        ("The colour is up to the designer", "Ask about the colour"),
    ),
    not_reached={3: "Out of the office, asked to try later", 6: "No answer", 7: "Busy"},
    todos=(
        "Call back about the quote",
        "Send the contract",
        "Ask for the size of the opening",
        "Remind of the payment",
        "Agree the day of fitting",
        "Ask what the director decided",
        "Send pictures of the samples",
        "Ask for a review",
    ),
    done=(
        ("Send the price list", "sent by mail, received"),
        ("Order samples", "here on Tuesday"),
        ("Call back after lunch", "meeting agreed"),
        ("Check the payment", "the money is here"),
        ("Prepare the quote", "ready, three versions"),
        ("Book the measuring", "our man comes at 11"),
    ),
    notes=(
        "The yard needs a pass: warn the guard an hour before.",
        "The director decides, but ask his wife about colours.",
        "Asked us not to call before 10.",
        "Compared us with two others: 7 % dearer, but faster.",
        "The opening is uneven, the fitters should take extenders.",
        "Payment in two parts: 60 % deposit, the rest after fitting.",
        "Recommended by the neighbours on the third floor.",
        "Sent a floor plan: 14 doors, two of them fire doors.",
    ),
    wishes=(
        "Please quote three windows, 140×150, with fitting.",
        "How much is a new front door for a flat?",
        "We need office partitions, about 20 m². When could you measure?",
        "A 6-metre balcony, insulated glazing. Call after 6 pm.",
    ),
    closed="Answered by message, settled",
    form="Quote request",
    site="Website",
)

WORDS = {"ru": RUSSIAN, "en": ENGLISH}
