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
    this.search = "";
    this.colour = "";
    this.held = null; // a card that is being dragged or carried by the keyboard
    root.querySelector(".lanes").addEventListener("keydown", (event) => this.press(event));
    root.addEventListener("pointerdown", (event) => this.grab(event));
  }

  show(component) {
    this.outbox.set = (name, value) => component.setStateValue(name, value);
    if (this.held) { this.later = component; return; } // nothing moves under a hand
    this.later = null;
    const data = JSON.parse(component.data);
    if (data.feed.full) { this.texts = data.texts; this.groups = data.groups; }
    if (!this.examples.take(data.feed)) { this.outbox.ask(); return; }
    this.outbox.extra.wants = null;
    const refused = this.outbox.settle(data.answer);
    this.examples.forget(this.outbox.acked);
    this.data = data;
    if (refused.length) this.say(refused.map((item) => item.text).join(" "), true);
    const mark = JSON.stringify([this.examples.number, data.categories, data.words, data.may_write, this.outbox.acked, Boolean(data.feed.full)]);
    if (mark === this.mark) return;
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
    const wanted = this.search.trim().toLowerCase();
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
    this.toolbar();
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
    button.dataset.key = key;
    button.onfocus = () => { this.focused = key; this.roving(); };
    button.onclick = (event) => this.click(event, key);
    return el("li", {}, button);
  }

  dressCard(item, key) {
    const card = item.firstChild;
    const example = this.examples.get(key);
    card.setAttribute("aria-pressed", String(this.chosen.has(key)));
    card.classList.toggle("chosen", this.chosen.has(key));
    card.classList.toggle("carried", this.held?.keys?.includes(key) || false);
    card.classList.toggle("waiting", this.examples.local.has(key));
    const group = this.groups[this.colour];
    if (group) card.style.setProperty("--mark", PALETTE[group.of[key] % PALETTE.length]);
    else card.style.removeProperty("--mark");
    card.dataset.hard = example?.difficulty || "";
  }

  toolbar() {
    const { words } = this.data;
    const bar = this.root.querySelector(".tools");
    if (!this.made) {
      this.made = {
        search: el("input", { type: "search", placeholder: words.search, "aria-label": words.search, oninput: (e) => { this.search = e.target.value; this.draw(); } }),
        colour: el("select", { "aria-label": words.colour, onchange: (e) => { this.colour = e.target.value; this.draw(); } }),
        count: el("span", { class: "muted" }),
        move: el("select", { class: "move", "aria-label": words.move, onchange: (e) => this.moveTo(e.target.value) }),
        name: el("input", { type: "text", class: "name", maxlength: "80", placeholder: words.new_name, "aria-label": words.new_name,
          onkeydown: (e) => { if (e.key === "Enter") { e.preventDefault(); this.newFromChosen(); } } }),
        make: el("button", { type: "button", onclick: () => this.newFromChosen() }),
        clear: el("button", { type: "button", onclick: () => { this.chosen.clear(); this.draw(); } }, words.clear),
        undo: el("button", { type: "button", onclick: () => this.undo() }, words.undo),
        legend: el("div", { class: "legend" }),
      };
      const m = this.made;
      bar.replaceChildren(el("div", { class: "row" }, m.search, el("label", { class: "muted" }, words.colour, m.colour), m.undo, m.count),
        el("div", { class: "row picked" }, m.move, m.name, m.make, m.clear), m.legend);
    }
    this.root.querySelector(".help").textContent = words.help;
    const m = this.made;
    m.colour.replaceChildren(el("option", { value: "" }, words.no_colour), ...Object.entries(this.groups).map(([id, g]) => el("option", { value: id }, g.name)));
    m.colour.value = this.groups[this.colour] ? this.colour : "";
    m.undo.disabled = !this.data.may_write;
    const n = this.chosen.size;
    m.count.textContent = n ? fill(words.chosen, { n }) : this.hidden ? fill(words.hidden, { n: this.hidden.toLocaleString(this.data.locale) }) : words.hint;
    this.root.querySelector(".picked").hidden = !n || !this.data.may_write;
    m.move.replaceChildren(el("option", { value: "?" }, words.move), el("option", { value: NONE }, words.untagged),
      ...this.data.categories.map((c) => el("option", { value: c.id }, c.name)));
    m.make.textContent = words.make;
    const group = this.groups[this.colour];
    m.legend.replaceChildren(...(group ? group.values.map((value, i) => el("span", {}, el("i", { style: `background:${PALETTE[i % PALETTE.length]}` }), value)) : []));
  }

  moveTo(id) {
    if (id !== "?") this.move([...this.chosen], id);
    this.made.move.value = "?";
  }

  newFromChosen() {
    const name = this.made.name.value.trim();
    if (!name || !this.chosen.size) { this.made.name.focus(); return; }
    this.outbox.put({ kind: "new", name, keys: [...this.chosen] });
    this.made.name.value = "";
    this.chosen.clear();
    this.draw();
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

  // The mouse.
  grab(event) {
    const card = event.target.closest?.(".card");
    if (!card || event.button !== 0 || event.pointerType === "touch" || !this.data?.may_write || this.held) return;
    const start = { x: event.clientX, y: event.clientY };
    const key = card.dataset.key;
    const move = (e) => {
      if (!this.held && Math.hypot(e.clientX - start.x, e.clientY - start.y) < 6) return;
      if (!this.held) this.lift(key, card);
      e.preventDefault();
      this.ghost.style.transform = `translate(${e.clientX + 8}px, ${e.clientY + 8}px)`;
      this.aim(this.laneAt(e.clientX, e.clientY));
      this.edge(e);
    };
    const end = (e) => {
      for (const [name, act] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]]) window.removeEventListener(name, act);
      if (!this.held) return;
      const { keys, lane } = this.held;
      this.ghost.remove();
      this.dragged = e.type === "pointerup";
      setTimeout(() => { this.dragged = false; }, 0);
      this.aim(null);
      if (e.type === "pointerup" && lane !== null) this.move(keys, lane);
      this.settleHand();
    };
    for (const [name, act] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]]) window.addEventListener(name, act);
  }

  lift(key, card) {
    this.held = { keys: this.carried(key), lane: null, by: "mouse" };
    window.getSelection()?.removeAllRanges();
    const label = this.held.keys.length > 1 ? fill(this.data.words.chosen, { n: this.held.keys.length }) : card.querySelector(".title").textContent;
    this.ghost = el("div", { class: "ghost" }, label);
    this.root.append(this.ghost);
  }

  laneAt(x, y) {
    for (const [id, column] of this.columns) {
      const box = column.node.getBoundingClientRect();
      if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) return id;
    }
    return null;
  }

  edge(event) {
    const box = this.root.querySelector(".lanes");
    const frame = box.getBoundingClientRect();
    if (event.clientX > frame.right - 40) box.scrollLeft += 16;
    else if (event.clientX < frame.left + 40) box.scrollLeft -= 16;
  }

  aim(id) {
    if (this.held) this.held.lane = id;
    for (const [lane, column] of this.columns) column.node.classList.toggle("aimed", this.held !== null && lane === id);
  }

  // The keyboard: arrows walk, Space lifts and drops, arrows carry, Escape puts back, x chooses.
  press(event) {
    const card = event.target.closest?.(".card");
    if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = card.dataset.key;
    const act = this.held?.by === "keys"
      ? { ArrowRight: () => this.carry(1), ArrowLeft: () => this.carry(-1), " ": () => this.drop(), Enter: () => this.drop(), Escape: () => this.putBack() }[event.key]
      : { ArrowRight: () => this.walk(key, 1, 0), ArrowLeft: () => this.walk(key, -1, 0), ArrowDown: () => this.walk(key, 0, 1),
          ArrowUp: () => this.walk(key, 0, -1), Home: () => this.walk(key, 0, -1e9), End: () => this.walk(key, 0, 1e9), " ": () => this.liftByKey(key),
          Enter: () => { card.click(); this.focus(key); }, x: () => { card.click(); this.focus(key); }, u: () => this.undo() }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  laneOf(key) { return [...this.lanes].find(([, keys]) => keys.includes(key))?.[0]; }

  walk(key, across, down) {
    const ids = [...this.lanes.keys()];
    const lane = this.laneOf(key);
    let keys = this.lanes.get(lane);
    let place = keys.indexOf(key);
    if (across) {
      let next = ids.indexOf(lane) + across;
      while (ids[next] !== undefined && !this.lanes.get(ids[next]).length) next += across;
      if (ids[next] === undefined) return;
      keys = this.lanes.get(ids[next]);
    } else place += down;
    this.focus(keys[Math.min(keys.length - 1, Math.max(0, place))]);
  }

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
      for (const [key, item] of column.cards) item.firstChild.tabIndex = key === this.focused ? 0 : -1;
  }

  liftByKey(key) {
    if (!this.data.may_write) return;
    this.held = { keys: this.carried(key), lane: this.laneOf(key), by: "keys", from: key };
    this.aim(this.held.lane);
    for (const column of this.columns.values()) this.fill(column);
    this.say(fill(this.data.words.lifted, { n: this.held.keys.length, name: this.name(this.held.lane) }));
  }

  carry(by) {
    const ids = [...this.lanes.keys()];
    const next = ids[Math.min(ids.length - 1, Math.max(0, ids.indexOf(this.held.lane) + by))];
    this.aim(next);
    this.columns.get(next).node.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.say(fill(this.data.words.over, { name: this.name(next) }));
  }

  drop() {
    const { keys, lane, from } = this.held;
    this.aim(null);
    this.move(keys, lane);
    this.settleHand();
    this.focus(from);
  }

  putBack() {
    const { from } = this.held;
    this.aim(null);
    this.say(this.data.words.put_back);
    this.settleHand();
    this.focus(from);
  }
}

export default function (component) {
  const root = component.parentElement.querySelector(".rc-board");
  root.board ||= new Board(root);
  root.board.show(component);
}
