// Shared by the queue and the board: building elements from text (never from markup), and the outbox.
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
  return node;
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

// Every act waits here until the server has acknowledged it, and all that wait are sent together: an act that falls
// between two reruns is sent again with the next one, and the server leaves out what it has seen.
class Outbox {
  constructor() {
    this.client = Math.random().toString(36).slice(2) + Date.now().toString(36);
    this.count = 0;
    this.waiting = [];
    this.extra = {};
    window.addEventListener("beforeunload", (event) => { if (this.waiting.length) event.preventDefault(); });
  }

  put(act) {
    this.count += 1;
    this.waiting.push({ n: this.count, ...act });
    this.send();
    return this.count;
  }

  // Whether the version we know of an example is the one the server will have when it hears of the next act.
  knows(key) { return !this.waiting.some((act) => act.kind === "undo" || act.keys?.includes(key)); }

  send() {
    this.set?.("outbox", { client: this.client, acts: this.waiting, ...this.extra });
  }

  // Asks for everything anew, once for each time a part was missed.
  ask() {
    if (this.extra.wants) return;
    this.asked = (this.asked || 0) + 1;
    this.extra.wants = `${this.client}-${this.asked}`;
    this.send();
  }

  // Returns what was refused since the last answer.
  settle(answer) {
    const acked = (answer.acked || {})[this.client] || 0;
    this.waiting = this.waiting.filter((act) => act.n > acked);
    this.acked = acked;
    const refused = answer.refused || {};
    if (refused.client !== this.client) return [];
    const fresh = (refused.items || []).filter((item) => item.n > (this.refusalsTold || 0));
    for (const item of fresh) this.refusalsTold = Math.max(this.refusalsTold || 0, item.n);
    return fresh;
  }
}

// The examples of a board as the server last told: everything, then what changed since.
class Examples {
  constructor() { this.base = -1; this.number = -1; this.all = new Map(); this.local = new Map(); }

  // False where this is a change of something we do not have.
  take(feed) {
    if (feed.full) {
      this.all = new Map();
      this.base = feed.number;
    } else if (feed.base !== this.base) return false;
    for (const [key, category, version, difficulty, seen, shown] of feed.examples) {
      if (!shown) this.all.delete(key);
      else this.all.set(key, { key, category, version, difficulty, seen });
    }
    this.number = feed.number;
    return true;
  }

  // What the person did and the server has not said yet lies over what it said.
  get(key) {
    const told = this.all.get(key);
    return told && this.local.has(key) ? { ...told, ...this.local.get(key).fields } : told;
  }

  put(keys, fields, n) { for (const key of keys) this.local.set(key, { fields: { ...this.local.get(key)?.fields, ...fields }, n }); }

  forget(acked) { for (const [key, entry] of this.local) if (entry.n <= acked) this.local.delete(key); }
}
