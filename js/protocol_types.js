// The messages between Python and the page, as protocol.json states them, in the types that tsc holds the JavaScript to.
// Python's side is held to the same file by its tests.
import { readFile } from "node:fs/promises";

const HEAD = "// Made from protocol.json by `make static`: change that.\n";

/** @typedef {{ about: string, fields: Record<string, string | string[]> }} Message */

/** @param {string} name */
const camel = (name) => name.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase());

/** @param {string | string[]} type */
function typeOf(type) {
  if (Array.isArray(type)) return type.map((each) => JSON.stringify(each)).join(" | ");
  return type === "integer" ? "number" : type;
}

/** @param {string} name @param {Message} message */
function member(name, { about, fields }) {
  const rest = Object.entries(fields).map(([field, type]) => ` ${field}: ${typeOf(type)};`);
  return `  /** ${about} */\n  | { type: "${name}";${rest.join("")} }`;
}

/**
 * The text of a .d.ts: a union of messages for each channel and way, as `SheetToKernel`.
 * @param {URL} protocol
 */
export async function protocolTypes(protocol) {
  /** @type {Record<string, Record<string, any>>} */ const channels = JSON.parse(await readFile(protocol, "utf8"));
  const unions = Object.entries(channels).flatMap(([channel, ways]) =>
    ["to_kernel", "to_page"].map((way) => {
      const members = Object.entries(/** @type {Record<string, Message>} */ (ways[way])).map(([name, message]) =>
        member(name, message),
      );
      return `/** ${ways.about} */\nexport type ${camel(channel)}${camel(way)} =${members.map((each) => `\n${each}`).join("") || " never"};\n`;
    }),
  );
  return `${HEAD}\n${unions.join("\n")}`;
}
