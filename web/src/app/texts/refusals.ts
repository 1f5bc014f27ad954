// The server refuses in English sentences; here is what they say in Russian. One that is not here is shown as it came.
const sentences: Record<string, string> = {
  "You have no right to do this.": "У вас нет права это делать.",
  "No such entity.": "Такой записи нет.",
  "Only an administrator may do this.": "Это может только администратор.",
  "Administration is not open to a session of the desk.": "В этом сеансе управление закрыто.",
  "This is not open to a session of the desk.": "В этом сеансе это закрыто.",
  "Choose a company first.": "Сначала выберите компанию.",
  "Sign in first.": "Сначала войдите.",
  "The e-mail or the password is wrong.": "Почта или пароль не подходят.",
  "The present password is wrong.": "Нынешний пароль не подходит.",
  "This request comes from another site.": "Этот запрос пришёл с другого сайта.",
  "There is no such group.": "Такой группы нет.",
  "There is no such role.": "Такой роли нет.",
  "There is no such session.": "Такого сеанса нет.",
  "There is no such user.": "Такого сотрудника нет.",
  "There is no such integration.": "Такой интеграции нет.",
  "There is no such token.": "Такого токена нет.",
  "There is no such account.": "Такой компании нет.",
  "There is no such integration in this company, or it is switched off.":
    "В этой компании такой интеграции нет, или она выключена.",
  "The account has no administrator yet: add one first.":
    "В компании ещё нет администратора: сначала добавьте его.",
  "This integration has no redirect address: an administrator can give it one.":
    "У этой интеграции нет адреса возврата: его может указать администратор.",
  "This integration is switched off.": "Эта интеграция выключена.",
  "The value you selected is not a valid choice.": "Такого варианта нет.",
  "You are in no such company.": "Вас нет в этой компании.",
  "Somebody has this role: give them another one first.": "Эта роль у кого-то есть: сначала дайте им другую.",
  "The default group stays.": "Основную группу удалить нельзя.",
  "The last administrator stays: make another user an administrator first.":
    "Последний администратор остаётся: сначала сделайте администратором кого-то ещё.",
  "There is a company here already: sign in.": "Компания здесь уже есть: войдите.",
  "This is not the demo company: only that one can be removed here.":
    "Это не демо-компания: здесь удаляется только она.",
  "This user is switched off.": "Этот сотрудник выключен.",
  "A user with this e-mail is here already.": "Сотрудник с такой почтой здесь уже есть.",
  "A password may not be the e-mail.": "Пароль не может совпадать с почтой.",
  "This value should not be blank.": "Здесь нужно что-нибудь написать.",
  "This value is not a valid email address.": "Это не похоже на адрес почты.",
  "This value is not a phone number.": "Это не похоже на номер телефона.",
  "A name may have letters, digits, spaces and the characters . @ - _ only.":
    "В имени могут быть только буквы, цифры, пробелы и знаки . @ - _",
};

const shapes: [RegExp, string][] = [
  [/^A password has at least (\d+) characters\.$/, "В пароле должно быть не меньше $1 знаков."],
  [/^A password has at most (\d+) characters\.$/, "В пароле может быть не больше $1 знаков."],
  [/^A name has 1 to (\d+) characters\.$/, "В названии может быть от 1 до $1 знаков."],
  [
    /^This value is too long\. It should have (\d+) characters or less\.$/,
    "Слишком длинно: можно не больше $1 знаков.",
  ],
  [/^An account may have (\d+) [\w -]+ at most\.$/, "Больше $1 в одной компании быть не может."],
  [
    /^There is a company “(.+)” already: choose another subdomain\.$/,
    "Компания «$1» уже есть: возьмите другое имя.",
  ],
  [
    /^The .+ begins with http:\/\/ or https:\/\/ and has no #\.$/,
    "Адрес начинается с http:// или https:// и не содержит #.",
  ],
  [/^The .+ is not a URL\.$/, "Это не похоже на адрес."],
  [
    /^The .+ has at most (\d+) characters and no spaces\.$/,
    "Адрес слишком длинный или с пробелами: можно до $1 знаков.",
  ],
  [/^A long-lived token lives (\d+) to (\d+) days\.$/, "Долгий токен живёт от $1 до $2 дней."],
  [/^The e-mail is wrong: .+$/, "Это не похоже на адрес почты."],
  [/^The name is wrong: .+$/, "Имя не подходит: нужны буквы, цифры, пробелы и знаки . @ - _"],
];

export function inRussian(sentence: string): string {
  const known = sentences[sentence];
  if (known !== undefined) return known;
  const shape = shapes.find(([pattern]) => pattern.test(sentence));
  return shape ? sentence.replace(shape[0], shape[1]) : sentence;
}
