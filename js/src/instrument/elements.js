// Elements by one line each. Text is always text: nothing that a user wrote is ever read as HTML.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} content
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...content) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/**
 * @param {string} text
 * @param {string} hint What it does, in a sentence.
 * @param {() => void} press
 */
export function button(text, hint, press) {
  const made = element("button", { type: "button", title: hint }, text);
  made.addEventListener("click", press);
  return made;
}
