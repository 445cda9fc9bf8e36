/**
 * The frame of the chat: the guild rail, the sidebar, the room in the middle and the people; and in their
 * place a page like the settings, when the address names one.
 */

import { isForum } from "../channel-types.js";
import { Client } from "../client.js";
import { h } from "../dom.js";
import { isChannelRoute } from "../paths.js";
import { PAGES } from "../pages.js";
import { mentionsInAll } from "../select/unread.js";
import { closeDrawers, wireBackdrop, wireDrawer } from "../ui/drawer.js";
import { wireDensity } from "../ui/looks.js";
import { wireShortcuts } from "../ui/shortcuts.js";
import { styles } from "../ui/styles.js";
import { toast } from "../ui/toast.js";
import { Conversation } from "../views/conversation.js";
import { Header, titleOf } from "./header.js";
import { wireKeys } from "./keys.js";
import { showMe } from "./me.js";
import { showPeople } from "./people.js";
import { showRail } from "./rail.js";
import { absenceOf, emptyElement } from "./empty.js";
import { showSidebar } from "./sidebar.js";

const KEEP_AFTER_MS = 2000;

/** The server may be away; the next session tries again. */
const keepShell = () => import("../updates.js").then((updates) => updates.keepShell(), () => {});

export function showShell() {
  const client = new Client();
  const { store } = client;
  const rail = h("nav", { id: "rail", "aria-label": "Guilds" });
  const sidebar = h("section", { id: "sidebar", "aria-label": "Channels" });
  const me = h("section", { id: "me", "aria-label": "You" });
  const left = h("div", { id: "left", class: "drawer" }, rail, sidebar, me);
  const people = h("aside", { id: "people", class: "drawer", "aria-label": "Members" });
  const empty = h("div", { id: "empty", hidden: true });
  const header = new Header(client);
  const conversation = new Conversation(client);
  const room = h("main", { class: "room" }, header.element, conversation.element, empty);
  /** Made when the first forum is opened. @type {ReturnType<import("../views/forum.js").forumView> | null} */
  let forum = null;
  /** @param {import("../types.js").Channel | undefined} channel */
  async function showForum(channel) {
    if (channel && !forum) {
      const [{ forumView }] = await Promise.all([import("../views/forum.js"), styles("forum")]);
      forum ??= forumView(client);
      conversation.element.after(forum.element);
      channel = store.shownChannel && isForum(store.shownChannel) ? store.shownChannel : undefined;
    }
    forum?.show(channel);
  }
  const backdrop = h("div", { id: "backdrop", hidden: true });
  const chat = h("div", { class: "chat" }, left, room, people, backdrop);
  const page = h("div", { id: "page", hidden: true });
  document.body.append(
    h("a", { class: "skip", href: "#composer", onclick: (/** @type {Event} */ event) => {
      event.preventDefault();
      conversation.focus();
    } }, "Skip to the message box"),
    chat, page, h("div", { id: "announcer", class: "unseen", "aria-live": "polite" }));

  wireDrawer(header.showLeft, left);
  wireDrawer(header.showPeople, people);
  wireBackdrop(backdrop);
  wireShortcuts();
  addEventListener("unhandledrejection", tellOfLostModule);
  wireKeys(client);
  wireDensity(store);
  document.addEventListener("looks", () => store.tellAll("members", "messages"));
  showRail(client, rail);
  showSidebar(client, sidebar);
  showMe(client, me);
  showPeople(client, people, () => header.peopleShown);
  header.onPeople = () => chat.classList.toggle("without-people", !header.peopleShown);
  header.onPeople();

  store.subscribe(["open", "channels", "guilds", "members", "connection"], () => {
    const channel = store.shownChannel;
    header.draw();
    conversation.show(store.openChannel);
    void showForum(channel && isForum(channel) ? channel : undefined);
    const absence = channel ? null : absenceOf(client);
    empty.hidden = !absence;
    emptyElement(client, empty, absence);
    chat.classList.toggle("nobody", !channel);
    const mentions = mentionsInAll(store);
    const title = channel ? titleOf(store, channel) : "";
    document.title = [`${mentions ? `(${mentions}) ` : ""}${title || "Chats"}`, serverName(client)].join(" · ");
  });

  client.addEventListener("route", () => {
    closeDrawers();
    void showPage(client, chat, page);
  });
  client.whenKnown(() => void import("../people/wire.js").then(({ wirePeople }) => wirePeople(client)));
  client.start();
  // For the next visit, so after everything of this one.
  client.addEventListener("READY", () => setTimeout(keepShell, KEEP_AFTER_MS));
}

/**
 * What lies behind a door is fetched when it is opened, and the server may be away just then. Browsers do not ask
 * for it again before the page is loaded anew; drafts and what is on its way outlast that.
 * @param {PromiseRejectionEvent} event
 */
function tellOfLostModule(event) {
  if (!(event.reason instanceof TypeError) || !/import/i.test(event.reason.message)) return;
  event.preventDefault();
  toast("This part of the page could not be fetched.", {
    kind: "error", stays: true, action: { label: "Reload", run: () => location.reload() },
  });
}

/** The guild's name, where there is one. @param {Client} client */
function serverName({ store }) {
  return store.guilds.get(store.openGuild ?? "")?.name ?? "chatd";
}

/**
 * The page that the address names, over the chat; nothing when it names a chat.
 * @param {Client} client
 * @param {HTMLElement} chat
 * @param {HTMLElement} page
 */
async function showPage(client, chat, page) {
  const { route } = client;
  if (isChannelRoute(route) || route.page === "") {
    page.hidden = true;
    page.replaceChildren();
    chat.hidden = false;
    return;
  }
  const within = page.contains(document.activeElement);
  if (!client.store.settled) {
    page.replaceChildren(waitingPage(client));
    page.hidden = false;
    chat.hidden = true;
  }
  const load = PAGES[route.page];
  await client.settled();
  const element = load ? await (await load()).show(client, route.rest) : noPage();
  if (client.route !== route) return; // somebody went on meanwhile
  if (page.firstElementChild !== element) page.replaceChildren(element);
  page.hidden = false;
  chat.hidden = true;
  focusPage(element, within);
  document.title = `${page.querySelector("h1")?.textContent ?? "Page"} · chatd`;
}

/** Until it is known what there is to show. @param {Client} client */
function waitingPage(client) {
  const place = h("div", { class: "no-page", role: "status" });
  const draw = () => {
    const absence = absenceOf(client);
    emptyElement(client, place, absence);
    if (!absence) place.replaceChildren(h("p", {}, "Connecting…"));
  };
  const end = client.store.subscribe(["connection"], () => (place.isConnected ? draw() : end()));
  draw();
  return h("main", { class: "waiting" }, h("h1", { class: "unseen" }, "chatd"), place);
}

/**
 * The focus goes to the page, and from section to section it stays in their list.
 * @param {HTMLElement} element
 * @param {boolean} within   it was in the page before
 */
function focusPage(element, within) {
  if (element.contains(document.activeElement)) return;
  const link = within ? element.querySelector("nav [aria-current]") : null;
  element.tabIndex = -1;
  (link instanceof HTMLElement && link.checkVisibility() ? link : element).focus({ preventScroll: true });
}

const noPage = () => h("main", { class: "no-page" }, h("h1", {}, "There is no page here"),
  h("p", {}, "The address may have been mistyped, or what it led to is gone."),
  h("a", { href: "/", class: "primary" }, "Go to the chat"));
