/** Where one is signed in, and how to sign out there. */

import { h } from "../dom.js";
import { call } from "../rest.js";
import { button } from "../ui/buttons.js";
import { confirm } from "../ui/dialog.js";
import { icon } from "../ui/icons.js";
import { styles } from "../ui/styles.js";
import { toast } from "../ui/toast.js";
import { fromNow } from "../views/markup.js";

/** @typedef {{id: string, current: boolean, user_agent: string | null, address: string | null, created_at: string,
 *   last_used_at: string, expires_at: string | null}} Session */

const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** @param {import("../client.js").Client} client */
export async function devices(client) {
  const element = h("div", { class: "devices" });
  async function draw() {
    /** @type {{sessions: Session[]}} */
    const { sessions } = await call("GET", "/auth/sessions");
    sessions.sort((a, b) => Number(b.current) - Number(a.current) || b.last_used_at.localeCompare(a.last_used_at));
    const others = sessions.filter(({ current }) => !current).length;
    element.replaceChildren(
      h("p", { class: "lead" }, others === 0 ? "You are signed in here and nowhere else."
        : "If you do not know one of these, sign it out and choose another password."),
      h("ul", { class: "rows" }, ...sessions.map(row)),
      ...(others > 1 ? [h("div", { class: "form-buttons" }, button(`Sign out all ${others} others`, () => void endOthers(), "danger"))] : []));
  }
  /** @param {Session} session */
  function row(session) {
    const name = deviceOf(session.user_agent);
    return h("li", { "data-session": session.id },
      h("span", { class: "row-sign" }, icon(/Android|iPhone|iPad|Mobile/.test(session.user_agent ?? "") ? "phone" : "screen")),
      h("div", { class: "row-words" },
        h("b", {}, name, session.current && h("span", { class: "tag" }, "this one")),
        h("span", {}, [session.address, session.current ? "in use" : `used ${fromNow(Date.parse(session.last_used_at))}`,
          `signed in on ${date.format(Date.parse(session.created_at))}`].filter(Boolean).join(" · "))),
      !session.current && h("button", { type: "button", class: "plain", "aria-label": `Sign out ${name}`, onclick: () =>
        void client.try(call("DELETE", `/auth/sessions/${session.id}`).then(draw).then(() => toast("Signed out there."))) }, "Sign out"));
  }
  async function endOthers() {
    const sure = await confirm({ title: "Sign out everywhere else?", id: "end-others", yes: "Sign them out" });
    if (sure) await client.try(call("DELETE", "/auth/sessions").then(draw).then(() => toast("Signed out everywhere else.")));
  }
  await Promise.all([styles("settings"), draw()]);
  return element;
}

/** "Firefox on Linux"; programs by what they call themselves. @param {string | null} agent */
export function deviceOf(agent) {
  if (!agent) return "Unknown device";
  const browser = [["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]]
    .find(([sign]) => agent.includes(sign))?.[1];
  const system = [["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Windows", "Windows"], ["Mac OS", "macOS"], ["CrOS", "ChromeOS"], ["Linux", "Linux"]]
    .find(([sign]) => agent.includes(sign))?.[1];
  if (!browser) return agent.split(/[ (]/)[0].slice(0, 60) || "Unknown device";
  return system ? `${browser} on ${system}` : browser;
}
