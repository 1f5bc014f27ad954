// The texts of the logs in the settings come with their screens: nobody needs them before.
import { useTranslation } from "react-i18next";
import { texts } from ".";
import { logs as en } from "./logs.en";
import { logs as ru } from "./logs.ru";

texts.addResourceBundle("en", "logs", en);
texts.addResourceBundle("ru", "logs", ru);

/** `t` of these texts. */
export const useLogs = () => useTranslation("logs").t;
