// The server refuses in English sentences; here is each of them in Russian, with {} for what differs from time to time.
// server/tests/test_refusals.py reads the server's code and this table: neither has a sentence that the other has not.
const sentences: Record<string, string> = {
  "This PBX takes no commands: answer by the phone itself.":
    "Эта АТС не принимает команд: ответьте с самого телефона.",
  "The call does not stand so any more.": "Со звонком уже всё иначе.",
  "This colleague has no phone that could ring now.":
    "У этого коллеги нет телефона, который мог бы сейчас зазвонить.",
  "You have no right to erase this recording.": "У вас нет права стереть эту запись.",
  "state is waiting, empty, failed or refused.": "state — это waiting, empty, failed или refused.",
  "There is no such webhook.": "Такого вебхука нет.",
  "There is no such delivery, or it is too old to be kept.": "Такой доставки нет или она уже не хранится.",
  "This webhook is switched off: switch it on first.": "Этот вебхук отключён: сначала включите его.",
  "state is waiting, failed or delivered.": "state — это waiting, failed или delivered.",
  "Only a demo company has a demo line.": "Демо-линия есть только у демо-компании.",
  "You have no desk phone on the demo line that could ring.":
    "На демо-линии у вас нет телефона, который мог бы зазвонить.",
  "The demo line rings you {} times a minute at most.": "Демо-линия звонит вам не чаще {} раз в минуту.",
  "{} calls go on at the demo line already: let some of them end first.":
    "На демо-линии уже идёт звонков: {}. Подождите, пока часть из них закончится.",
  "The number is too short.": "Номер слишком короткий.",
  "Somebody has changed this meanwhile.": "Пока вы правили, это изменил кто-то другой.",
  "whose is mine, group or all.": "whose — это mine, group или all.",
  "when is overdue, today, tomorrow or later.": "when — это overdue, today, tomorrow или later.",
  "A callback is the name of a function.": "callback — это имя функции.",
  "A signal names its call.": "Сигнал называет свой звонок.",
  "No PBX has signed this request.": "Этот запрос не подписан ни одной АТС.",
  "The time of a signal lies too far from now.": "Время сигнала слишком далеко от нынешнего.",
  "This is only for pages of ours.": "Это только для наших страниц.",
  "This request was taken already.": "Этот запрос уже принят.",
  "This request was signed too long ago, or by a clock that goes wrong.":
    "Запрос подписан слишком давно или по неверным часам.",
  "{} is too long.": "Слишком длинное поле: {}.",
  "A NUL character is not accepted.": "В запросе есть недопустимый знак.",
  "A body may have {} bytes at most.": "Слишком много данных сразу: можно до {} байт.",
  "A card may have {} tags at most.": "В карточке может быть не больше {} тегов.",
  "A change by a session needs the header X-Requested-With.": "Этот запрос пришёл не с нашей страницы.",
  "A country is two capital letters, such as RU.": "Страна — это две заглавные буквы, например RU.",
  "A currency is three capital letters, such as RUB.": "Валюта — это три заглавные буквы, например RUB.",
  "A form may have {} fields at most.": "В форме может быть не больше {} полей.",
  "The cause of a hang-up is a number from 0 to {}.": "Причина завершения — это число от 0 до {}.",
  "A key should not contain the NUL character.": "В запросе есть недопустимый знак.",
  "Nobody puts items into the unsorted by hand.": "Вручную в «Неразобранное» ничего не добавляют.",
  "There is no such item in the unsorted.": "Такой заявки в «Неразобранном» нет.",
  "This item of the unsorted was decided on already.": "Эту заявку уже разобрали.",
  "This item was put into the unsorted already.": "Эта заявка уже есть в «Неразобранном».",
  "You have no right to decide on this item of the unsorted.": "У вас нет права разобрать эту заявку.",
  "A lead cannot be moved back to the unsorted.": "Вернуть сделку в «Неразобранное» нельзя.",
  "A long-lived token lives {} to {} days.": "Долгий токен живёт от {} до {} дней.",
  "A name has 1 to {} characters.": "В названии может быть от 1 до {} знаков.",
  "A name may have letters, digits, spaces and the characters . @ - _ only.":
    "В имени могут быть только буквы, цифры, пробелы и знаки . @ - _",
  "A password has at least {} characters.": "В пароле должно быть не меньше {} знаков.",
  "A password has at most {} characters.": "В пароле может быть не больше {} знаков.",
  "A password may not be the e-mail.": "Пароль не может совпадать с почтой.",
  "A rule of the account does not allow this.": "Правила компании этого не позволяют.",
  "A socket of this machine is no address of the web.": "Это не адрес в сети.",
  "A user with this e-mail is here already.": "Сотрудник с такой почтой здесь уже есть.",
  "Administration is not open to a session of the desk.": "В этом сеансе управление закрыто.",
  "An account may have {} groups at most.": "В компании может быть не больше {} отделов.",
  "An account may have {} integrations at most.": "В компании может быть не больше {} интеграций.",
  "An account may have {} long-lived tokens at most.": "В компании может быть не больше {} токенов.",
  "An account may have {} pipelines at most.": "В компании может быть не больше {} воронок.",
  "A pipeline may have {} statuses at most.": "В воронке может быть не больше {} этапов.",
  "One pipeline is always the main one: make another one main instead.":
    "Одна воронка всегда главная: сделайте главной другую.",
  "The last pipeline stays.": "Последнюю воронку удалить нельзя.",
  "Leads stand in this pipeline: move them to another one first.":
    "В этой воронке есть сделки: сначала переведите их в другую.",
  "This status belongs to every pipeline and stays.": "Этот этап есть в каждой воронке, удалить его нельзя.",
  "A pipeline keeps at least one step.": "В воронке должен остаться хотя бы один этап.",
  "More than {} leads stand in this step: move them first.":
    "На этом этапе больше {} сделок: сначала переведите их.",
  "A kind of card may have {} fields at most.": "Полей у карточек одного вида может быть не больше {}.",
  "This field belongs to the system and stays.": "Это поле системное, удалить его нельзя.",
  "A list has at least one value.": "В списке должно быть хотя бы одно значение.",
  "The type of a field stays as it was made.": "Тип поля после создания не меняется.",
  "The values of this field belong to the system.": "Значения этого поля системные, менять их нельзя.",
  "This code belongs to a field of the system.": "Этот код занят системным полем.",
  "There is a field with this code already.": "Поле с таким кодом уже есть.",
  "This value stands in the list already.": "Такое значение в списке уже есть.",
  "An account may have {} reasons for a loss at most.": "Причин отказа может быть не больше {}.",
  "An account may have {} statuses of customers at most.": "Статусов покупателей может быть не больше {}.",
  "Customers have statuses where the account works by periods.":
    "Статусы у покупателей есть только при работе по периодам.",
  "Customers stand in this status: move them first.":
    "В этом статусе есть покупатели: сначала переведите их в другой.",
  "This status belongs to the work by periods and stays.":
    "Этот статус нужен для работы по периодам, удалить его нельзя.",
  "There is no such status.": "Такого статуса нет.",
  "There is no such reason for a loss.": "Такой причины отказа нет.",
  "An account may have {} roles at most.": "В компании может быть не больше {} ролей.",
  "An account may have {} users at most.": "В компании может быть не больше {} сотрудников.",
  "An account may have {} webhooks at most.": "В компании может быть не больше {} вебхуков.",
  "An address may have {} characters at most.": "В адресе может быть не больше {} знаков.",
  "An address must be of Latin letters, without spaces.": "Адрес пишется латинскими буквами и без пробелов.",
  "An address must begin with http:// or https:// and name a host.":
    "Адрес начинается с http:// или https://, дальше — имя сервера.",
  "Another change was in the way: try again in a moment.":
    "Помешало другое изменение: попробуйте ещё раз через минуту.",
  "Cannot {} {}": "Такого адреса у сервера нет. Перезагрузите страницу: возможно, она устарела.",
  "Choose a company first.": "Сначала выберите компанию.",
  "Customers are switched off in this account.": "Покупатели в этой компании выключены.",
  "JSON nested deeper than {} levels is not accepted.": "Запрос слишком сложно устроен.",
  "Limit {} per page": "На странице может быть не больше {} строк.",
  "No more than {} cards are accepted in filter[entity_id].": "За один раз можно не больше {} карточек.",
  "No more than {} rows may stand before a page: /api/v4/leads/unsorted has them all.":
    "До страницы может быть не больше {} строк: все они есть в /api/v4/leads/unsorted.",
  "No more than {} items are accepted in one request.": "За один раз можно не больше {} записей.",
  "No more than {} parameters are accepted.": "В запросе слишком много параметров: можно не больше {}.",
  "No more than {} requests a second are accepted with one token.":
    "С одним токеном можно не больше {} запросов в секунду.",
  "No such entity.": "Такой записи нет.",
  "One card can be linked to {} others at most.": "Одну карточку можно связать не больше чем с {} другими.",
  "Only an administrator may do this.": "Это может только администратор.",
  "Parameters nested deeper than {} levels are not accepted.": "Запрос слишком сложно устроен.",
  "Request data can not be empty": "Запрос пуст.",
  "Request validation failed": "В запросе есть ошибки.",
  "Sign in first.": "Сначала войдите.",
  "Somebody else has changed this at the same moment: look at it and try again.":
    "В это же мгновение это изменил кто-то другой: посмотрите и попробуйте ещё раз.",
  "Somebody has this role: give them another one first.": "Эта роль у кого-то есть: сначала дайте им другую.",
  "The access token is missing, expired or revoked.": "Доступ закончился или отозван. Войдите снова.",
  "The account has no administrator yet: add one first.":
    "В компании ещё нет администратора: сначала добавьте его.",
  "The body came too slowly.": "Данные шли слишком медленно. Проверьте связь и попробуйте ещё раз.",
  "The body is not valid JSON: {}": "Сервер не понял запрос.",
  "The company's name has 1 to {} characters.": "В названии компании может быть от 1 до {} знаков.",
  "The database does not answer: try again in a moment.": "База данных не отвечает: попробуйте через минуту.",
  "The database has closed the connection: try again in a moment.":
    "База данных оборвала связь: попробуйте через минуту.",
  "The database is restarting: try again in a moment.":
    "База данных перезапускается: попробуйте через минуту.",
  "The database was at it for {} s: ask for less.":
    "База данных не справилась за {} с: попробуйте запросить меньше.",
  "The default group stays.": "Основной отдел удалить нельзя.",
  "The e-mail is wrong: {}": "{}",
  "The e-mail or the password is wrong.": "Почта или пароль не подходят.",
  "The language is one of {}.": "Такого языка нет, есть {}.",
  "The last administrator stays: make another user an administrator first.":
    "Это последний администратор: сначала сделайте администратором кого-то ещё.",
  "The name is wrong: {}": "Имя не подходит. {}",
  "The present password is wrong.": "Нынешний пароль не подходит.",
  "The query string is too long.": "Запрос слишком длинный.",
  "The request is larger than this server accepts.": "Запрос больше, чем принимает этот сервер.",
  "The role has been deleted meanwhile.": "Эту роль уже удалили.",
  "The server cannot answer this now: try again in a moment.":
    "Сервер сейчас не может ответить: попробуйте через минуту.",
  "The state may have {} characters at most.":
    "В адресе программы слишком длинный state: можно до {} знаков.",
  "The value you selected is not a valid choice.": "Такого варианта нет.",
  "The {} begins with http:// or https:// and has no #.":
    "{} начинается с http:// или https:// и не содержит #.",
  "The {} has at most {} characters and no spaces.": "{} — не длиннее {} знаков и без пробелов.",
  "The {} is not a URL.": "{} не похож на адрес в сети.",
  "There is a company here already: sign in.": "Компания здесь уже есть: войдите.",
  "There is a company “{}” already: choose another subdomain.":
    "Компания с коротким именем «{}» уже есть: возьмите другое название.",
  "There is no such account.": "Такой компании нет.",
  "There is no such field.": "Такого поля нет.",
  "There is no such group.": "Такого отдела нет.",
  "There is no such integration in this company, or it is switched off.":
    "В этой компании такой интеграции нет, или она выключена.",
  "There is no such integration.": "Такой интеграции нет.",
  "There is no such note.": "Такого примечания нет.",
  "There is no such pipeline.": "Такой воронки нет.",
  "There is no such role.": "Такой роли нет.",
  "There is no such session.": "Такого сеанса нет.",
  "There is no such status in this pipeline.": "В этой воронке нет такого этапа.",
  "There is no such tag.": "Такого тега нет.",
  "There is no such task.": "Такой задачи нет.",
  "There is no such token.": "Такого токена нет.",
  "There is no such user.": "Такого сотрудника нет.",
  "There is no such {}.": "Такой записи нет.",
  "There is no time zone “{}”; one is Europe/Moscow.":
    "Часового пояса «{}» нет. Пример того, который есть: Europe/Moscow.",
  "There is no user {}.": "Сотрудника с номером {} нет.",
  "There is no webhook with this destination.": "Вебхука с таким адресом нет.",
  "This address does not take this method.":
    "Такого действия у сервера нет. Перезагрузите страницу: возможно, она устарела.",
  "This field is missing.": "Заполнено не всё.",
  "This integration has no redirect address: an administrator can give it one.":
    "У этой интеграции нет адреса возврата: его может указать администратор.",
  "This integration is switched off.": "Эта интеграция выключена.",
  "This is not a web address.": "Это не похоже на адрес в сети.",
  "This is not open to a session of the desk.": "В этом сеансе это закрыто.",
  "This is not the demo company: only that one can be removed here.":
    "Это не демо-компания: здесь удаляется только она.",
  "This link is unknown, was used already, or is too old: ask for a new one.":
    "Эта ссылка неизвестна, уже использована или устарела: попросите новую.",
  "This list should have {} items or less.": "В списке может быть не больше {} строк.",
  "This person works in another company too, so only they can change their password, or the one who runs this installation, from the command line.":
    "Этот человек работает и в другой компании, поэтому сменить пароль может только он сам или тот, кто управляет сервером, — командой.",
  "This request comes from another site, {}. If that is this server behind a proxy, set TRUBKA_PUBLIC_URL to it.":
    "Этот запрос пришёл с другого сайта, {}. Если это наш сервер за прокси, укажите этот адрес в настройке TRUBKA_PUBLIC_URL.",
  "This request comes from another site.": "Этот запрос пришёл с другого сайта.",
  "This user is switched off.": "Этот сотрудник выключен.",
  "This value is not a phone number.": "Это не похоже на номер телефона.",
  "This value is not a valid email address.": "Это не похоже на адрес почты.",
  "This value is too long. It should have {} characters or less.":
    "Слишком длинно: можно не больше {} знаков.",
  "This value should be a name that no other tag has.": "Тег с таким именем уже есть.",
  "This value should be a valid {}.": "Такое значение в это поле не подходит.",
  "This value should be between {} and {}.": "Здесь может быть число от {} до {}.",
  "This value should be of type array.": "Здесь должен быть список.",
  "This value should be of type bool.": "Здесь может быть только «да» или «нет».",
  "This value should be of type int.": "Здесь должно быть целое число.",
  "This value should be of type numeric.": "Здесь должно быть число.",
  "This value should be of type object.": "Здесь должен быть набор полей.",
  "This value should be of type string.": "Здесь должен быть текст.",
  "This value should not be blank.": "Здесь нужно что-нибудь написать.",
  "This value should not contain the NUL character.": "Здесь есть недопустимый знак.",
  "Too many people are signing in: try again in a moment.":
    "Слишком многие входят одновременно: попробуйте чуть позже.",
  "There are more than {} users: ask /api/v4/users, which has pages.":
    "Пользователей больше {}: спрашивайте /api/v4/users, там есть страницы.",
  "You have no right to put leads into this status.": "Вам нельзя переводить сделки на этот этап.",
  "Too many filters at once: ask for less.": "Слишком много условий сразу: уберите часть.",
  "Too many requests: wait a little and try again.":
    "Слишком много запросов: подождите немного и попробуйте ещё раз.",
  "Too many tries to sign in: wait {} min and try again.":
    "Слишком много попыток войти: подождите {} мин и попробуйте ещё раз.",
  "You are in no such company.": "Вас нет в этой компании.",
  "You have no right to add {}.": "У вас нет права добавлять {}.",
  "You have no right to change the tags of {}.": "У вас нет права менять теги этих карточек.",
  "You have no right to delete this {}.": "У вас нет права удалять {}.",
  "You have no right to export {}.": "У вас нет права выгружать {}.",
  "What waits in the unsorted is declined there, not deleted.":
    "То, что ждёт в неразобранном, отклоняют там, а не удаляют.",
  "Nothing to change was named.": "Не сказано, что изменить.",
  "Only leads have a pipeline and a reason for a loss, only leads and customers a status.":
    "Воронка и причина отказа есть только у сделок, статус — только у сделок и покупателей.",
  "There is no such filter.": "Такого фильтра нет.",
  "This filter is too long to be kept.": "Этот фильтр слишком длинный, его не сохранить.",
  "You have {} filters here already: delete one first.": "У вас здесь уже {} фильтров: сначала удалите один.",
  "Only an administrator keeps filters for the whole company.":
    "Сохранять фильтры для всей компании может только администратор.",
  "This list is not sorted by that.": "По этому признаку список не сортируется.",
  "You have no right to change this task.": "У вас нет права менять эту задачу.",
  "You have no right to change this {}.": "У вас нет права менять {}.",
  "You have no right to do this.": "У вас нет права это делать.",
  "filter[entity_id] must name the cards whose links are wanted.": "Не сказано, чьи связи показать.",
  "filter[entity_id] needs exactly one filter[entity].": "Карточки можно выбрать только одного вида.",
  "filter[id] takes {} ids at most.": "За один раз можно не больше {} записей.",
  "filter[{}] takes {} ids at most.": "За один раз можно не больше {} записей.",
  "limit_offset may be {} at most: /api/v4/contacts pages through all of them.":
    "Так далеко листать нельзя: можно до {}.",
  "{} does not take {}.": "Такого действия у сервера нет. Перезагрузите страницу: возможно, она устарела.",
  "{} is not a public address. TRUBKA_PRIVATE_NETWORKS can allow it.":
    "{} — закрытый адрес. Его может открыть настройка TRUBKA_PRIVATE_NETWORKS.",
  "“{}” cannot stand in an address: use up to {} letters a-z, digits and hyphens.":
    "«{}» не годится для адреса: можно до {} знаков, латинские буквы, цифры и дефис.",
  "{}, a digit, a lower and an upper case letter among them.":
    "Пароль слишком простой: нужны не меньше шести знаков, среди них цифра, строчная и заглавная буквы.",
  "It redirects to what is not a web address.": "Перенаправление ведёт не на веб-адрес.",
  "Recordings are kept for 1 to {} days, or for ever (null).": "Записи хранятся от 1 до {} дней или всегда.",
  "There is no such contact, or it has no number.": "Такого контакта нет, или у него нет номера.",
  "This position is of another database, or too old: take a snapshot and go on from there.":
    "Показанное устарело: перезагрузите страницу.",
  "`position` is no position: take one from a snapshot.": "Показанное устарело: перезагрузите страницу.",
  "There is no such line.": "Такой линии нет.",
  "A line's number has {} digits at least.": "В номере линии не меньше {} цифр.",
  "There is a line with this number already.": "Линия с таким номером уже есть.",
  "An account may have {} lines at most.": "В компании может быть не больше {} линий.",
  "There is no such PBX.": "Такой АТС нет.",
  "There are no such working hours.": "Такого рабочего времени нет.",
  "An account may have {} working hours at most.": "Расписаний в компании может быть не больше {}.",
  "Lines go by these working hours: give them others first.":
    "По этому рабочему времени работают линии: сначала дайте им другое.",
  "A holiday is a date such as 2026-12-31.": "Праздник — это дата, например 2026-12-31.",
  "This time zone is not known.": "Такого часового пояса нет.",
  "A number stands twice.": "Один номер указан дважды.",
  "The number {} is the extension of {}.": "Номер {} — внутренний у другого: {}.",
  "You have no such extension.": "У вас нет такого внутреннего номера.",
  "An absence ends after it begins.": "Отсутствие должно закончиться позже, чем началось.",
  "Nobody stands in for himself.": "Заменять самого себя нельзя.",
  "This kind of PBX is not known here.": "Такой вид АТС здесь не знают.",
  "An account may have {} PBXes at most.": "В компании может быть не больше {} АТС.",
  "Lines or extensions belong to this PBX: move or remove them first.":
    "К этой АТС относятся линии или внутренние номера: сначала перенесите или удалите их.",
  "`wait` is 0 to {} seconds.": "Ждать можно от 0 до {} секунд.",
  "X-Context-User-ID does not work here: facts are told by the token's own rights.":
    "Действовать за другого здесь нельзя.",
  "A number of the body is too large.": "Слишком большое число.",
  "A call between colleagues has no card.": "У звонка между коллегами нет карточки.",
  "This result was saved already.": "Этот результат уже сохранён.",
  "You have no right to see contacts.": "У вас нет права видеть контакты.",
  "The database does not answer, and nothing is known of this PBX yet.":
    "База данных не отвечает, а об этой АТС пока ничего не известно.",
  "No PBX has this key and secret.": "АТС с такими ключом и секретом нет.",
  "A number has {} characters at most.": "В номере может быть не больше {} знаков.",
  "This value should have a digit.": "Здесь должна быть хотя бы одна цифра.",
  "This server has as many open as it can: try again in a moment.": "Сервер занят: попробуйте через минуту.",
  "{} of these can be open at the same time: close some.":
    "Открыто слишком много вкладок, можно {}: закройте лишние.",
  "The facts cannot be read now: try again in a moment.":
    "Новости сейчас не читаются: попробуйте через минуту.",
  "One range at a time, please.": "За один раз можно запросить только один отрезок записи.",
  "There is no such part of this file.": "В записи нет такого отрезка.",
  "There is no such recording.": "Такой записи нет.",
  "There is no sound to hear. {}": "Прослушать нечего. {}",
  "The file is not in the store any more.": "Файла записи в хранилище больше нет.",
  "The store of recordings does not answer: try again in a moment.":
    "Хранилище записей не отвечает: попробуйте ещё раз через минуту.",
  "It is being fetched right now.": "Запись забирается прямо сейчас.",
  "There is nothing to fetch here any more.": "Забирать здесь больше нечего.",
  "This link is wrong.": "Эта ссылка неверна.",
  "This link is too old.": "Срок этой ссылки истёк.",
  "The only type is phone_call.": "Бывает только тип phone_call.",
  "There is no such alert.": "Такого предупреждения нет.",
  "Say what went wrong: a header and a text.": "Напишите, что не получилось: заголовок и текст.",
  "Too many alerts are open: close some of them first.":
    "Открыто слишком много предупреждений: закройте часть из них.",
  "There is no such notice.": "Такого уведомления нет.",
  "There is no such debt.": "Такого долга нет.",
  "This call is not over yet.": "Этот звонок ещё идёт.",
  "Either a card is chosen, or new ones are made.": "Либо выберите карточку, либо создайте новые.",
  "A lead is made for a contact or a company.": "Сделку можно создать для контакта или компании.",
  "There is no such call.": "Такого звонка нет.",
  "This debt is closed already.": "Этот долг уже закрыт.",
  "Say why the call is not owed any more, in up to {} characters.":
    "Напишите, почему перезванивать не нужно: до {} знаков.",
  "There is no such card.": "Такой карточки нет.",
  "direction is inbound, outbound or internal.": "Направление — inbound, outbound или internal.",
  "entity is contacts, companies, leads or customers.":
    "Вид карточки — contacts, companies, leads или customers.",
  "after is what the page before has told.": "Продолжить список с этого места нельзя: откройте его заново.",
};

// What stands in the place of {}, as it is said there.
const words: Record<string, string> = {
  "redirect address": "Адрес возврата",
  "address of the uninstall hook": "Адрес, которому сообщить о выключении,",
  contacts: "контакты",
  companies: "компании",
  leads: "сделки",
  customers: "покупателей",
  contact: "этот контакт",
  company: "эту компанию",
  lead: "эту сделку",
  customer: "этого покупателя",
};

const fixed = (shape: string): number => shape.replaceAll("{}", "").length;

// The more of a shape is fixed, the more surely it is the one that is meant.
const shapes = Object.entries(sentences)
  .filter(([shape]) => shape.includes("{}"))
  .sort(([one], [other]) => fixed(other) - fixed(one))
  .map(([shape, russian]) => {
    const pieces = shape.split("{}").map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return [new RegExp(`^${pieces.join("(.+?)")}$`, "s"), russian] as const;
  });

/** A sentence that is not known, of a newer server perhaps, is null. */
export function inRussian(sentence: string): string | null {
  const known = sentences[sentence];
  if (known !== undefined) return known;
  for (const [shape, russian] of shapes) {
    const found = shape.exec(sentence)?.slice(1);
    if (found) return russian.replaceAll("{}", () => said(found.shift() ?? ""));
  }
  return null;
}

const said = (word: string): string => words[word] ?? inRussian(word) ?? word;
