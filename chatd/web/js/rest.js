/**
 * The REST API, version 10: one function per call, JSON in and out.
 *
 * The browser sends the session cookie by itself. A call either returns what the server answered or throws:
 * ApiError when the server said no, NetworkError when nobody knows whether it heard us. That difference
 * decides who may try again: after a NetworkError only calls that are safe to repeat.
 */

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").User} User */

const BASE = "/api/v10";
const TIMEOUT_MS = 15_000;
// Nothing of an upload has moved for so long.
const STALLED_MS = 30_000;
const RATE_LIMIT_TRIES_MAX = 5;

/** The server refused: `{code, message, errors}` of the error body, and the HTTP status. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {{code?: number, message?: string, errors?: Record<string, any>, retry_after?: number}} body
   */
  constructor(status, body) {
    super(body.message || `The server answered ${status}.`);
    this.name = "ApiError";
    this.status = status;
    this.code = body.code ?? 0;
    this.retry_after_s = body.retry_after ?? 0;
    /** Path in the body, like "name" or "options.0.label", to sentence. */
    this.fields = new Map(sentencesIn(body.errors ?? {}, ""));
  }
}

/** No answer: unreachable, cut off, or too slow. The request may or may not have been carried out. */
export class NetworkError extends Error {
  constructor() {
    super("The server cannot be reached.");
    this.name = "NetworkError";
  }
}

/**
 * The same request may succeed later: nobody answered, or the server is in trouble.
 * @param {unknown} error
 */
export function mayPass(error) {
  return error instanceof NetworkError || (error instanceof ApiError && error.status >= 500);
}

/**
 * `errors` nests as the request body does, and each leaf is `{_errors: [{code, message}]}`.
 * @param {any} found
 * @param {string} path
 * @returns {[string, string][]}
 */
function sentencesIn(found, path) {
  if (typeof found !== "object" || found === null) return [];
  if (Array.isArray(found._errors)) {
    return [[path, found._errors.map((/** @type {any} */ one) => one.message).join(" ")]];
  }
  return Object.entries(found).flatMap(([key, inside]) => sentencesIn(inside, path ? `${path}.${key}` : key));
}

/**
 * @param {string} method
 * @param {string} path   below /api/v10
 * @param {object} [body]     a FormData goes as it is, with its files
 * @param {string} [reason]   for the audit log
 */
async function once(method, path, body, reason) {
  const headers = new Headers();
  const asItIs = body === undefined || body instanceof FormData;
  if (!asItIs) headers.set("Content-Type", "application/json");
  if (reason) headers.set("X-Audit-Log-Reason", encodeURIComponent(reason));
  let response, text;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      body: asItIs ? body : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    text = await response.text();
  } catch {
    throw new NetworkError();
  }
  return answered(response.status, text, response.headers.get("Retry-After"));
}

/** @param {number} status @param {string} text @param {string | null} retryAfter */
function answered(status, text, retryAfter) {
  const answer = parsed(text);
  if (status >= 200 && status < 300) return answer;
  throw new ApiError(status, { ...answer, retry_after: answer?.retry_after ?? Number(retryAfter ?? 0) });
}

/**
 * POST a body with files, as multipart/form-data. As `submit` it tells a rate limit at once. Ends in a NetworkError when nothing has moved for a while, for a
 * large file may take long and there is no telling how long.
 * @param {string} path   below /api/v10
 * @param {object} body   goes as payload_json
 * @param {File[]} files  go as files[0], files[1] …
 * @param {{onprogress?: (sent: number) => void, signal?: AbortSignal}} [options]  `sent` of all bytes, 0 to 1
 * @returns {Promise<any>}
 */
export function upload(path, body, files, { onprogress, signal } = {}) {
  const form = new FormData();
  form.append("payload_json", JSON.stringify(body));
  files.forEach((file, n) => form.append(`files[${n}]`, file));
  const request = new XMLHttpRequest();
  request.open("POST", BASE + path);
  return new Promise((resolve, reject) => {
    let watch = 0;
    const moved = () => {
      clearTimeout(watch);
      watch = setTimeout(() => request.abort(), STALLED_MS);
    };
    const fail = () => reject(new NetworkError());
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      moved();
      onprogress?.(total ? loaded / total : 1);
    });
    request.addEventListener("error", fail);
    request.addEventListener("abort", fail);
    request.addEventListener("loadend", () => clearTimeout(watch));
    request.addEventListener("load", () => {
      try {
        resolve(answered(request.status, request.responseText, request.getResponseHeader("Retry-After")));
      } catch (error) {
        reject(error);
      }
    });
    signal?.addEventListener("abort", () => request.abort());
    moved();
    request.send(form);
  });
}

/**
 * The answer as JSON; a proxy in between may put a page of its own in the place of an error.
 * @param {string} text
 */
function parsed(text) {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Wait out rate limits: a 429 says that nothing was done and when to come back.
 * @param {() => Promise<any>} attempt
 */
async function waitingOut(attempt) {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const limited = error instanceof ApiError && error.status === 429;
      if (!limited || tries === RATE_LIMIT_TRIES_MAX) throw error;
      await pause(Math.max(0.1, error.retry_after_s) * 1000);
    }
  }
}

/**
 * As `once`, and waits out rate limits.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
const patiently = (method, path, body) => waitingOut(() => once(method, path, body));

/**
 * Any call, for what has no function here: `call("PATCH", "/channels/1", {name})`. Waits out rate limits.
 * @param {string} method
 * @param {string} path   below /api/v10
 * @param {object} [body]
 * @returns {Promise<any>}
 */
export const call = (method, path, body) => patiently(method, path, body);

/**
 * As `call`, for a form that somebody looks at: a rate limit is told at once.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]     a FormData goes as it is, with its files
 * @param {string} [reason]   for the audit log
 * @returns {Promise<any>}
 */
export const submit = (method, path, body, reason) => once(method, path, body, reason);

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Accounts. Not patient: someone looks at the form and must be told about a limit.

/**
 * @returns {Promise<{registration: "open" | "invite" | "closed", server_name: string, needs_setup:
 * boolean, attachment_bytes_max: number}>}
 */
export const getPolicy = () => once("GET", "/auth/policy");
/** @param {{login: string, password: string}} fields */
export const login = (fields) => once("POST", "/auth/login", fields);
/** @param {Record<string, string>} fields username, password; email, display_name, invite when given */
export const register = (fields) => once("POST", "/auth/register", fields);
/** @param {Record<string, string>} fields secret, username, password; display_name when given */
export const setUp = (fields) => once("POST", "/auth/setup", fields);
export const logout = () => once("POST", "/auth/logout");

// The chat.

/** @returns {Promise<User>} */
export const getMe = () => patiently("GET", "/users/@me");

/**
 * A page of history, newest first.
 * @param {string} channelId
 * @param {{limit: number, before?: string, after?: string, around?: string}} page  the first two are exclusive
 * @returns {Promise<Message[]>}
 */
export function getMessages(channelId, { limit, ...where }) {
  const query = new URLSearchParams({ limit: String(limit), ...where });
  return patiently("GET", `/channels/${channelId}/messages?${query}`);
}

/**
 * Post a message. Its nonce makes it safe to repeat: one that the server has seen answers the first message.
 * @param {string} channelId
 * @param {{nonce: string, content: string}} body  and whatever else a message may have
 * @param {File[]} [files]
 * @param {{onprogress?: (sent: number) => void, signal?: AbortSignal}} [options]
 * @returns {Promise<Message>}
 */
export function createMessage(channelId, body, files = [], options) {
  const path = `/channels/${channelId}/messages`, whole = { ...body, enforce_nonce: true };
  return files.length ? waitingOut(() => upload(path, whole, files, options)) : patiently("POST", path, whole);
}

/**
 * @param {string} channelId
 * @param {string} id
 * @param {string} content
 * @returns {Promise<Message>}
 */
export function editMessage(channelId, id, content) {
  return patiently("PATCH", `/channels/${channelId}/messages/${id}`, { content });
}

/** @param {string} channelId @param {string} id */
export const deleteMessage = (channelId, id) => patiently("DELETE", `/channels/${channelId}/messages/${id}`);

/** @param {string} channelId @param {string} id  of the newest message that was read */
export const ackMessage = (channelId, id) =>
  patiently("POST", `/channels/${channelId}/messages/${id}/ack`, {});

/** Not patient: a typing notice that comes late is wrong. @param {string} channelId */
export const sendTyping = (channelId) => once("POST", `/channels/${channelId}/typing`);

/** @param {string} userId @returns {Promise<import("./types.js").Channel>} */
export const openDirectMessage = (userId) =>
  patiently("POST", "/users/@me/channels", { recipient_id: userId });

/**
 * Members in the order of their user ids.
 * @param {string} guildId
 * @param {{limit: number, after: string}} page `after` is exclusive
 * @returns {Promise<import("./types.js").Member[]>}
 */
export function getMembers(guildId, { limit, after }) {
  return patiently("GET", `/guilds/${guildId}/members?limit=${limit}&after=${after}`);
}
