// A page that needed a token was opened by its link: exchange the token behind the # and load the page again.

import { signIn } from "./commands.js";

const hadToken = new URLSearchParams(location.hash.slice(1)).has("k");
if (hadToken && (await signIn())) location.reload();
