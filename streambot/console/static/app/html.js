// htm bound to Preact: every vnode of the live pages is made here, so every text ends in a text node.
import { h } from "preact";
import htm from "htm";

export const html = htm.bind(h);
