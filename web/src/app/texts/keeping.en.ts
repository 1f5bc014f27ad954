// How long recordings are kept, in English; a part of en.ts.
export const keeping = {
  title: "Recordings",
  text: "How long recordings are kept. Calls and the notes about them stay for ever.",
  loading: "Loading how long they are kept…",
  forever: "Keep them for ever",
  days: "Days",
  daysHint: "From 1 to 36500. Recordings older than that are deleted for good.",
  ask_one: "Delete recordings older than {{count}} day?",
  ask_other: "Delete recordings older than {{count}} days?",
  askText: "Those that are older already go within minutes. They cannot be brought back.",
  yes: "Delete them",
};
