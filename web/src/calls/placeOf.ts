// Where a number is of, as far as the number itself says it: the country by its code, in Russia the region of a city's line.
// A mobile's region is not said, since people move with their numbers; no time where a country has several.
export interface Place {
  name: string;
  zone?: string;
}

const MOSCOW = "Europe/Moscow";
const URAL = "Asia/Yekaterinburg";

// Region by the first three digits, in Russian and English; the zone is Moscow's where none is named.
const REGIONS: [codes: string, ru: string, en: string, zone?: string][] = [
  ["301", "Бурятия", "Buryatia", "Asia/Irkutsk"],
  ["302", "Забайкальский край", "Zabaykalsky Krai", "Asia/Chita"],
  ["341", "Удмуртия", "Udmurtia", "Europe/Samara"],
  ["342", "Пермский край", "Perm Krai", URAL],
  ["343", "Свердловская область", "Sverdlovsk Oblast", URAL],
  ["345", "Тюменская область", "Tyumen Oblast", URAL],
  ["346", "Ханты-Мансийский АО", "Khanty-Mansi AO", URAL],
  ["347", "Башкортостан", "Bashkortostan", URAL],
  ["349", "Ямало-Ненецкий АО", "Yamalo-Nenets AO", URAL],
  ["351", "Челябинская область", "Chelyabinsk Oblast", URAL],
  ["352", "Курганская область", "Kurgan Oblast", URAL],
  ["353", "Оренбургская область", "Orenburg Oblast", URAL],
  ["381", "Омская область", "Omsk Oblast", "Asia/Omsk"],
  ["382", "Томская область", "Tomsk Oblast", "Asia/Tomsk"],
  ["383", "Новосибирская область", "Novosibirsk Oblast", "Asia/Novosibirsk"],
  ["384", "Кемеровская область", "Kemerovo Oblast", "Asia/Novokuznetsk"],
  ["385", "Алтайский край", "Altai Krai", "Asia/Barnaul"],
  ["388", "Республика Алтай", "Altai Republic", "Asia/Barnaul"],
  ["390", "Хакасия", "Khakassia", "Asia/Krasnoyarsk"],
  ["391", "Красноярский край", "Krasnoyarsk Krai", "Asia/Krasnoyarsk"],
  ["394", "Тыва", "Tuva", "Asia/Krasnoyarsk"],
  ["395", "Иркутская область", "Irkutsk Oblast", "Asia/Irkutsk"],
  ["401", "Калининградская область", "Kaliningrad Oblast", "Europe/Kaliningrad"],
  ["411", "Якутия", "Yakutia", ""],
  ["413", "Магаданская область", "Magadan Oblast", "Asia/Magadan"],
  ["415", "Камчатский край", "Kamchatka Krai", "Asia/Kamchatka"],
  ["416", "Амурская область", "Amur Oblast", "Asia/Yakutsk"],
  ["421", "Хабаровский край", "Khabarovsk Krai", "Asia/Vladivostok"],
  ["423", "Приморский край", "Primorsky Krai", "Asia/Vladivostok"],
  ["424", "Сахалинская область", "Sakhalin Oblast", ""],
  ["426", "Еврейская АО", "Jewish AO", "Asia/Vladivostok"],
  ["427", "Чукотский АО", "Chukotka AO", "Asia/Anadyr"],
  ["471", "Курская область", "Kursk Oblast"],
  ["472", "Белгородская область", "Belgorod Oblast"],
  ["473", "Воронежская область", "Voronezh Oblast"],
  ["474", "Липецкая область", "Lipetsk Oblast"],
  ["475", "Тамбовская область", "Tambov Oblast"],
  ["481", "Смоленская область", "Smolensk Oblast"],
  ["482", "Тверская область", "Tver Oblast"],
  ["483", "Брянская область", "Bryansk Oblast"],
  ["484", "Калужская область", "Kaluga Oblast"],
  ["485", "Ярославская область", "Yaroslavl Oblast"],
  ["486", "Орловская область", "Oryol Oblast"],
  ["487", "Тульская область", "Tula Oblast"],
  ["491", "Рязанская область", "Ryazan Oblast"],
  ["492", "Владимирская область", "Vladimir Oblast"],
  ["493", "Ивановская область", "Ivanovo Oblast"],
  ["494", "Костромская область", "Kostroma Oblast"],
  ["495 499", "Москва", "Moscow"],
  ["496 498", "Московская область", "Moscow Oblast"],
  ["811", "Псковская область", "Pskov Oblast"],
  ["812", "Санкт-Петербург", "Saint Petersburg"],
  ["813", "Ленинградская область", "Leningrad Oblast"],
  ["814", "Карелия", "Karelia"],
  ["815", "Мурманская область", "Murmansk Oblast"],
  ["816", "Новгородская область", "Novgorod Oblast"],
  ["817 820", "Вологодская область", "Vologda Oblast"],
  ["818", "Архангельская область", "Arkhangelsk Oblast"],
  ["821", "Коми", "Komi"],
  ["831", "Нижегородская область", "Nizhny Novgorod Oblast"],
  ["833", "Кировская область", "Kirov Oblast"],
  ["834", "Мордовия", "Mordovia"],
  ["835", "Чувашия", "Chuvashia"],
  ["836", "Марий Эл", "Mari El"],
  ["841", "Пензенская область", "Penza Oblast"],
  ["842", "Ульяновская область", "Ulyanovsk Oblast", "Europe/Ulyanovsk"],
  ["843 855", "Татарстан", "Tatarstan"],
  ["844", "Волгоградская область", "Volgograd Oblast", "Europe/Volgograd"],
  ["845", "Саратовская область", "Saratov Oblast", "Europe/Saratov"],
  ["846 848", "Самарская область", "Samara Oblast", "Europe/Samara"],
  ["847", "Калмыкия", "Kalmykia"],
  ["851", "Астраханская область", "Astrakhan Oblast", "Europe/Astrakhan"],
  ["861 862", "Краснодарский край", "Krasnodar Krai"],
  ["863", "Ростовская область", "Rostov Oblast"],
  ["865 879", "Ставропольский край", "Stavropol Krai"],
  ["866", "Кабардино-Балкария", "Kabardino-Balkaria"],
  ["867", "Северная Осетия", "North Ossetia"],
  ["871", "Чечня", "Chechnya"],
  ["872", "Дагестан", "Dagestan"],
  ["873", "Ингушетия", "Ingushetia"],
  ["877", "Адыгея", "Adygea"],
  ["878", "Карачаево-Черкесия", "Karachay-Cherkessia"],
];

// Code, country, and its zone where it has but one.
const COUNTRIES: [code: string, country: string, zone?: string][] = [
  ["20", "EG", "Africa/Cairo"],
  ["27", "ZA", "Africa/Johannesburg"],
  ["30", "GR", "Europe/Athens"],
  ["31", "NL"],
  ["32", "BE", "Europe/Brussels"],
  ["33", "FR"],
  ["34", "ES"],
  ["36", "HU", "Europe/Budapest"],
  ["40", "RO", "Europe/Bucharest"],
  ["41", "CH", "Europe/Zurich"],
  ["43", "AT", "Europe/Vienna"],
  ["45", "DK", "Europe/Copenhagen"],
  ["46", "SE", "Europe/Stockholm"],
  ["48", "PL", "Europe/Warsaw"],
  ["49", "DE", "Europe/Berlin"],
  ["52", "MX"],
  ["55", "BR"],
  ["60", "MY", "Asia/Kuala_Lumpur"],
  ["61", "AU"],
  ["62", "ID"],
  ["64", "NZ"],
  ["65", "SG", "Asia/Singapore"],
  ["66", "TH", "Asia/Bangkok"],
  ["81", "JP", "Asia/Tokyo"],
  ["82", "KR", "Asia/Seoul"],
  ["84", "VN", "Asia/Ho_Chi_Minh"],
  ["86", "CN", "Asia/Shanghai"],
  ["90", "TR", "Europe/Istanbul"],
  ["91", "IN", "Asia/Kolkata"],
  ["351", "PT"],
  ["353", "IE", "Europe/Dublin"],
  ["358", "FI", "Europe/Helsinki"],
  ["359", "BG", "Europe/Sofia"],
  ["370", "LT", "Europe/Vilnius"],
  ["371", "LV", "Europe/Riga"],
  ["372", "EE", "Europe/Tallinn"],
  ["373", "MD", "Europe/Chisinau"],
  ["374", "AM", "Asia/Yerevan"],
  ["375", "BY", "Europe/Minsk"],
  ["380", "UA"],
  ["381", "RS", "Europe/Belgrade"],
  ["420", "CZ", "Europe/Prague"],
  ["421", "SK", "Europe/Bratislava"],
  ["971", "AE", "Asia/Dubai"],
  ["972", "IL", "Asia/Jerusalem"],
  ["976", "MN"],
  ["992", "TJ", "Asia/Dushanbe"],
  ["993", "TM", "Asia/Ashgabat"],
  ["994", "AZ", "Asia/Baku"],
  ["995", "GE", "Asia/Tbilisi"],
  ["996", "KG", "Asia/Bishkek"],
  ["998", "UZ", "Asia/Tashkent"],
];

/** Null where the number says nothing of it. */
export function placeOf(number: string, language: string): Place | null {
  const digits = number.replace(/\D/g, "");
  if (/^[78]\d{10}$/.test(digits) && (digits.startsWith("7") || !number.trim().startsWith("+"))) {
    const code = digits.slice(1, 4);
    if (/^[67]/.test(code)) return { name: country("KZ", language) };
    const region = REGIONS.find(([codes]) => codes.split(" ").includes(code));
    if (!region) return /^9/.test(code) ? { name: country("RU", language) } : null;
    const [, ru, en, zone = MOSCOW] = region;
    return { name: language === "ru" ? ru : en, ...(zone === "" ? {} : { zone }) };
  }
  if (!number.trim().startsWith("+")) return null;
  const found = COUNTRIES.find(([code]) => digits.startsWith(code));
  if (!found) return null;
  const [, id, zone] = found;
  return { name: country(id, language), ...(zone === undefined ? {} : { zone }) };
}

const country = (id: string, language: string): string =>
  new Intl.DisplayNames(language, { type: "region" }).of(id) ?? id;
