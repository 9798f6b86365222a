// The board: columns are categories, cards are examples. Only cards in sight exist as elements.
const HEIGHT = 66;
const PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7d8896", "#8c6d1f"];
const NONE = "";

class Board {
  constructor(root) {
    this.root = root;
    this.examples = new Examples();
    this.outbox = new Outbox();
    this.chosen = new Set();
    this.columns = new Map();
    this.held = null; // cards in the hand or carried by the keyboard
    this.tools = new Tools(this);
    this.hand = new Hand(this);
    this.keyboard = new Keyboard(this);
  }

  show(component) {
    this.outbox.set = (name, value) => component.setStateValue(name, value);
    if (this.held) { this.later = component; return; } // nothing moves under a hand
    this.later = null;
    const data = JSON.parse(component.data);
    if (data.feed.full) { this.texts = data.texts; this.groups = data.groups; this.pictures = data.pictures; }
    if (!this.examples.take(data.feed)) { this.outbox.ask(); return; }
    this.outbox.extra.wants = null;
    const refused = this.outbox.settle(data.answer);
    this.examples.forget(this.outbox.acked);
    this.data = data;
    if (refused.length) this.say(refused.map((item) => item.text).join(" "), true);
    const mark = JSON.stringify([this.examples.number, data.categories, data.words, data.may_write, this.outbox.acked, Boolean(data.feed.full)]);
    if (mark === this.mark && !data.feed.full) return;
    this.mark = mark;
    for (const key of this.chosen) if (!this.examples.all.has(key)) this.chosen.delete(key);
    this.draw();
  }

  settleHand() {
    this.held = null;
    if (this.later) this.show(this.later); else this.draw();
  }

  // Which cards are where.
  arrange() {
    const wanted = this.tools.search.trim().toLowerCase();
    const lanes = new Map([[NONE, []], ...this.data.categories.map((c) => [c.id, []])]);
    this.hidden = 0;
    for (const key of this.examples.all.keys()) {
      const example = this.examples.get(key);
      const text = this.texts[key];
      if (!text) continue;
      if (wanted && !(text[0] + " " + text[1]).toLowerCase().includes(wanted)) { this.hidden += 1; continue; }
      (lanes.get(example.category || NONE) || lanes.get(NONE)).push(key);
    }
    this.lanes = lanes;
  }

  active() { return this.root.getRootNode().activeElement?.dataset?.key; }

  draw() {
    const active = this.active();
    this.arrange();
    this.tools.draw();
    const box = this.root.querySelector(".lanes");
    const wanted = [...this.lanes.keys()];
    for (const [id, column] of this.columns) if (!this.lanes.has(id)) { column.node.remove(); this.columns.delete(id); }
    wanted.forEach((id, i) => {
      const column = this.columns.get(id) || this.makeColumn(id);
      if (box.children[i] !== column.node) box.insertBefore(column.node, box.children[i] || null);
      this.dress(column);
    });
    this.roving();
    // The focus follows a card that went to another column.
    if (active && this.active() !== active && this.laneOf(active) !== undefined) this.focus(active);
  }

  makeColumn(id) {
    const head = el("div", { class: "lane-head" });
    const space = el("ul", { class: "space" });
    const body = el("div", { class: "lane-body" }, space);
    const node = el("section", { class: "lane" }, head, body);
    node.dataset.lane = id;
    const column = { id, node, head, body, space, cards: new Map() };
    body.addEventListener("scroll", () => this.fill(column), { passive: true });
    this.columns.set(id, column);
    return column;
  }

  dress(column) {
    const keys = this.lanes.get(column.id);
    const category = this.data.categories.find((c) => c.id === column.id);
    const { words } = this.data;
    const name = category ? category.name : words.untagged;
    column.node.setAttribute("aria-label", fill(words.column, { name, n: keys.length }));
    column.node.style.setProperty("--tag", category?.colour || "transparent");
    const facts = [];
    if (category?.impact) facts.push(category.impact);
    if (category && category.was !== null && category.was !== undefined && category.gone) facts.push(fill(words.was, { was: category.was, now: keys.length }));
    column.head.replaceChildren(
      el("div", { class: "lane-title" }, el("b", {}, name), el("span", { class: "count" }, keys.length.toLocaleString(this.data.locale))),
      el("div", { class: "muted lane-facts" }, facts.join(" · ")));
    column.space.style.height = `${keys.length * HEIGHT}px`;
    column.order = new Map(keys.map((key, i) => [key, i]));
    this.fill(column);
  }

  // Put the cards in sight into a column; elements are kept by key, so focus stays where it is.
  fill(column) {
    const keys = this.lanes.get(column.id) || [];
    const top = column.body.scrollTop;
    const tall = column.body.clientHeight || 480;
    const first = Math.max(0, Math.floor(top / HEIGHT) - 4);
    const last = Math.min(keys.length, Math.ceil((top + tall) / HEIGHT) + 4);
    const sight = new Set(keys.slice(first, last));
    if (this.focused && column.order.has(this.focused)) sight.add(this.focused);
    for (const [key, node] of column.cards) if (!sight.has(key)) { node.remove(); column.cards.delete(key); }
    for (const key of sight) {
      let node = column.cards.get(key);
      if (!node) {
        node = this.makeCard(key);
        column.cards.set(key, node);
        column.space.append(node);
      }
      node.style.top = `${column.order.get(key) * HEIGHT}px`;
      this.dressCard(node, key);
    }
  }

  makeCard(key) {
    const [title, line] = this.texts[key];
    const button = el("div", { class: "card", role: "button", tabindex: "-1", "aria-describedby": "rc-board-help" },
      el("span", { class: "title" }, title), el("span", { class: "line" }, line));
    const picture = this.pictures[key];
    if (picture) {
      button.classList.add("pictured");
      button.prepend(el("img", { src: picture, alt: "", draggable: "false" }));
    }
    button.dataset.key = key;
    button.onfocus = () => { this.focused = key; this.roving(); };
    button.onclick = (event) => this.click(event, key);
    return el("li", {}, button, this.data.queue ? this.link(key, title) : null);
  }

  // The way to the example in the queue; beside the card, since nothing that can be pressed may lie inside another.
  link(key, title) {
    const link = el("a", { class: "open", href: this.data.queue + encodeURIComponent(key), tabindex: "-1", "aria-label": fill(this.data.words.open, { name: title }) }, "›");
    link.onclick = (event) => visit(event, link);
    return link;
  }

  dressCard(item, key) {
    const card = item.firstChild;
    const example = this.examples.get(key);
    card.setAttribute("aria-pressed", String(this.chosen.has(key)));
    card.classList.toggle("chosen", this.chosen.has(key));
    card.classList.toggle("carried", this.held?.keys?.includes(key) || false);
    card.classList.toggle("waiting", this.examples.local.has(key));
    const group = this.groups[this.tools.colour];
    if (group) card.style.setProperty("--mark", PALETTE[group.of[key] % PALETTE.length]);
    else card.style.removeProperty("--mark");
    card.dataset.hard = example?.difficulty || "";
  }

  undo() {
    this.examples.local.clear();
    this.outbox.put({ kind: "undo" });
    this.say(this.data.words.undone);
  }

  name(id) { return this.data.categories.find((c) => c.id === id)?.name || this.data.words.untagged; }

  move(keys, id) {
    const moved = keys.filter((key) => (this.examples.get(key)?.category || NONE) !== id);
    if (!moved.length || !this.data.may_write) return;
    const versions = {};
    for (const key of moved) if (this.outbox.knows(key)) versions[key] = this.examples.get(key).version;
    const n = this.outbox.put({ kind: "tag", keys: moved, category: id === NONE ? null : id, versions });
    this.examples.put(moved, { category: id === NONE ? null : id }, n);
    this.chosen.clear();
    this.say(fill(this.data.words.moved, { n: moved.length, name: this.name(id) }));
  }

  say(text, bad) {
    const line = this.root.querySelector(".said");
    line.textContent = text;
    line.classList.toggle("bad", Boolean(bad));
  }

  click(event, key) {
    if (this.dragged) { this.dragged = false; return; }
    if (event.shiftKey && this.anchor) {
      const keys = [...this.lanes.values()].find((lane) => lane.includes(key) && lane.includes(this.anchor));
      if (keys) {
        const ends = [keys.indexOf(this.anchor), keys.indexOf(key)].sort((a, b) => a - b);
        for (const one of keys.slice(ends[0], ends[1] + 1)) this.chosen.add(one);
      }
    } else if (this.chosen.has(key)) this.chosen.delete(key);
    else this.chosen.add(key);
    this.anchor = key;
    this.draw();
  }

  carried(key) { return this.chosen.has(key) ? [...this.chosen] : [key]; }

  aim(id) {
    if (this.held) this.held.lane = id;
    for (const [lane, column] of this.columns) column.node.classList.toggle("aimed", this.held !== null && lane === id);
  }

  laneOf(key) { return [...this.lanes].find(([, keys]) => keys.includes(key))?.[0]; }

  focus(key) {
    const lane = this.laneOf(key);
    if (lane === undefined) return;
    const column = this.columns.get(lane);
    this.focused = key;
    const top = column.order.get(key) * HEIGHT;
    if (top < column.body.scrollTop) column.body.scrollTop = top;
    else if (top + HEIGHT > column.body.scrollTop + column.body.clientHeight) column.body.scrollTop = top + HEIGHT - column.body.clientHeight;
    this.fill(column);
    this.roving();
    column.cards.get(key)?.firstChild.focus({ preventScroll: true });
    column.node.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // One card of the board is in the order of the Tab key.
  roving() {
    if (!this.focused || this.laneOf(this.focused) === undefined) this.focused = [...this.lanes.values()].find((keys) => keys.length)?.[0];
    for (const column of this.columns.values())
      for (const [key, item] of column.cards) for (const part of item.children) part.tabIndex = key === this.focused ? 0 : -1;
  }
}

export default function (component) {
  const root = component.parentElement.querySelector(".rc-board");
  root.board ||= new Board(root);
  root.board.show(component);
}
