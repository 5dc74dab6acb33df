/* Putting values back into a form: from a draft, or from what waits in the queue. */

const chosen = (field) => ["radio", "checkbox"].includes(field.type);
export const typeable = (field, skip) =>
  field.name && !skip.has(field.name) && !["file", "password", "submit", "button"].includes(field.type);

/** `values` are `[name, value]` in the order of the form. */
export function fill(form, fields, values) {
  const seen = new Map();
  values.forEach(([name, value]) => seen.set(name, [...(seen.get(name) || []), value]));
  for (const field of fields) {
    const list = seen.get(field.name);
    if (chosen(field)) field.checked = Boolean(list && list.includes(field.value));
    else if (list && list.length) field.value = list.shift();
  }
  form.dispatchEvent(new CustomEvent("sz:restored", { bubbles: true }));
  whenBound(() => form.dispatchEvent(new CustomEvent("sz:refetch")));
}

/** Questions that came later get their answers, unless they came with some; returns whether there were any. */
export function refill(fields, values) {
  const late = fields.filter((field) => field.type !== "hidden");
  if (late.some((field) => (chosen(field) ? field.checked : field.value))) return false;
  for (const field of late) {
    const own = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (chosen(field)) field.checked = own.includes(field.value);
    else if (own.length) field.value = own[0];
  }
  if (late.length) late[0].dispatchEvent(new Event("change", { bubbles: true }));
  return late.length > 0;
}

/** What is fetched for a form waits until the page's own triggers are bound: at the end of loading. */
function whenBound(act) {
  if (document.readyState === "complete") act();
  else document.addEventListener("DOMContentLoaded", () => setTimeout(act));
}
