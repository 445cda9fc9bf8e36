/** What this client finds wrong before it asks, said as the server says it: beside the field. */

import { ApiError } from "../rest.js";

/** @param {string} field @param {string} sentence */
export const refusal = (field, sentence) =>
  new ApiError(400, { message: sentence, errors: { [field]: { _errors: [{ code: "", message: sentence }] } } });
