/** One's profile: name, picture, banner and colour, with the card that others see beside it as one changes it. */

import { h } from "../dom.js";
import { hueOf } from "../ids.js";
import { submit } from "../rest.js";
import { avatar } from "../ui/avatar.js";
import { button } from "../ui/buttons.js";
import { cropPicture, dataUri } from "../ui/crop.js";
import { clearErrors, errorPlace, fieldElement, showErrors, valuesOf } from "../ui/form.js";
import { styles } from "../ui/styles.js";
import { toast } from "../ui/toast.js";
import { ownCustomStatus, statusText } from "../people/presence.js";

/** @typedef {import("../client.js").Client} Client */

const PICTURES = "image/png,image/jpeg,image/gif,image/webp";

/** @param {Client} client */
export async function profile({ store }) {
  await styles("settings", "card");
  const me = () => /** @type {import("../types.js").User} */ (store.me);
  // What is chosen and not saved; undefined is as it was.
  /** @type {{avatar?: string | null, banner?: string | null, accent_color?: number | null}} */
  let chosen = {};

  /** @type {import("../ui/form.js").Field[]} */
  const fields = [{
    name: "global_name", label: "Display name", value: me().global_name ?? "", hint: "What people call you, unless a guild has another name for you.",
    attributes: { maxlength: 32, autocomplete: "nickname", placeholder: me().username },
  }];
  const colour = h("input", { type: "color", id: "accent-color", value: hexOf(me().accent_color), oninput: () => {
    chosen.accent_color = parseInt(colour.value.slice(1), 16);
    draw();
  } });
  const pictures = h("div", { class: "profile-pictures" });
  const save = h("button", { type: "submit", class: "primary" }, "Save");
  const undo = button("Undo", () => reset());
  const fieldset = h("fieldset", {},
    ...fields.map(fieldElement),
    h("div", { class: "field", "data-name": "avatar" }, h("span", { class: "label" }, "Picture"), pictures),
    h("div", { class: "field", "data-name": "banner" }, h("span", { class: "label" }, "Banner"), h("div", { class: "profile-pictures", "data-part": "banner" }),
      h("p", { class: "hint" }, "The strip at the top of your card. Without one it has your colour.")),
    h("div", { class: "field", "data-name": "accent_color" }, h("label", { for: "accent-color" }, "Colour"),
      h("div", { class: "profile-pictures" }, colour, button("Without", () => { chosen.accent_color = null; draw(); }, "link"))),
    h("div", { class: "form-buttons" }, save, undo));
  const form = h("form", { class: "saved-form profile-form", novalidate: true }, errorPlace(), fieldset);
  const preview = h("div", { class: "person-card", "aria-hidden": "true" });
  const name = /** @type {HTMLInputElement} */ (form.querySelector("[name=global_name]"));
  name.addEventListener("input", () => draw());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt();
  });

  /** @param {"avatar" | "banner"} part */
  const choose = (part) => choosePicture(async (file) => {
    const uri = part === "avatar" ? await cropPicture(file, { title: "Your picture", round: true }) : await dataUri(file);
    if (uri === null) return;
    chosen[part] = uri;
    draw();
  });

  function reset() {
    chosen = {};
    name.value = me().global_name ?? "";
    colour.value = hexOf(me().accent_color);
    clearErrors(form);
    draw();
  }

  async function attempt() {
    clearErrors(form);
    if (fieldset.disabled) return;
    const { global_name } = valuesOf(form, fields);
    fieldset.disabled = true;
    try {
      store.apply("USER_UPDATE", await submit("PATCH", "/users/@me", { global_name: global_name.trim() || null, ...chosen }));
      fieldset.disabled = false;
      reset();
      toast("Saved.");
      save.focus();
    } catch (error) {
      fieldset.disabled = false;
      showErrors(form, error);
    }
  }

  function draw() {
    const user = me();
    const shown = name.value.trim() || user.username;
    const face = chosen.avatar === undefined ? user.avatar : chosen.avatar;
    const strip = chosen.banner === undefined ? user.banner && `/banners/${user.id}/${user.banner}.png?size=480` : chosen.banner;
    const accent = chosen.accent_color === undefined ? user.accent_color : chosen.accent_color;
    pictures.replaceChildren(button("Choose a picture", () => choose("avatar")),
      ...(face ? [button("Remove", () => { chosen.avatar = null; draw(); }, "link")] : []));
    form.querySelector("[data-part=banner]")?.replaceChildren(button("Choose a banner", () => choose("banner")),
      ...(strip ? [button("Remove", () => { chosen.banner = null; draw(); }, "link")] : []));
    const banner = h("div", { class: "card-banner" }, strip && h("img", { src: strip, alt: "" }));
    banner.style.setProperty("--hue", String(hueOf(user.id)));
    if (accent != null) banner.style.background = hexOf(accent);
    const picture = avatar({ id: user.id, avatar: chosen.avatar === undefined ? user.avatar : null }, shown, store.statusOf(user.id));
    if (chosen.avatar) picture.replaceChildren(h("img", { src: chosen.avatar, alt: "" }), ...picture.querySelectorAll(".dot"));
    const says = statusText(ownCustomStatus(store));
    preview.replaceChildren(h("div", { class: "card-head" }, banner, picture),
      h("div", { class: "card-body" }, h("p", { class: "card-name" }, shown), h("p", { class: "card-handle" }, `@${user.username}`),
        says && h("p", { class: "card-says" }, says)));
    undo.hidden = Object.keys(chosen).length === 0 && name.value === (user.global_name ?? "");
  }
  draw();
  return h("div", { class: "profile-page" }, form, h("div", { class: "profile-preview" }, h("p", { class: "label" }, "As others see you"), preview));
}

/** @param {number | null | undefined} color */
const hexOf = (color) => `#${(color ?? 0x2a7d62).toString(16).padStart(6, "0")}`;

/** Let somebody choose a picture from their files. @param {(file: File) => void} chosen */
function choosePicture(chosen) {
  const input = h("input", { type: "file", accept: PICTURES, hidden: true, "aria-hidden": "true", onchange: () => {
    const [file] = input.files ?? [];
    input.remove();
    if (file) chosen(file);
  }, oncancel: () => input.remove() });
  // Some browsers forget one that is nowhere.
  document.body.append(input);
  input.click();
}
