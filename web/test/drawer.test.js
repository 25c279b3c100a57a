// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "./page.js";
import { makeDrawer } from "../parts/drawer.js";

test("a drawer is the browser's own popover, named by its heading, and fetches what it shows when it opens", () => {
  let opened = 0;
  const drawer = makeDrawer({ title: "Scenes", kind: "scenes-drawer", content: ["none"], onOpen: () => opened++ });
  assert.equal(drawer.body.getAttribute("popover"), "auto");
  assert.equal(drawer.button.getAttribute("popovertarget"), drawer.body.id);
  assert.equal(find(drawer.body, "h2").id, drawer.body.getAttribute("aria-labelledby"));
  assert.equal(drawer.isOpen(), false);
  drawer.body.showPopover();
  assert.deepEqual([drawer.isOpen(), opened], [true, 1]);
});
