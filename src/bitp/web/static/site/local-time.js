// Rewrites <time data-local> into the reader's own time zone. The server wrote one with its zone
// named, so nothing is wrong until this runs, or where it never does.

const { lang } = document.documentElement;
const formats = {
  "": new Intl.DateTimeFormat(lang, {
    weekday: "short",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }),
  date: new Intl.DateTimeFormat(lang, { year: "numeric", month: "short", day: "numeric" }),
};

for (const element of document.querySelectorAll("time[data-local]")) {
  const moment = new Date(element.dateTime);
  if (Number.isNaN(moment.getTime())) continue;
  element.title = element.textContent.trim();
  element.textContent = formats[element.dataset.local].format(moment);
}
