// Read every message of INBOX in batches of 20 by imapflow and parse it by postal-mime; nothing is stored.
//
//     node imapflow.mjs FOLDER HOST PORT CA USER < password
//
// FOLDER: where `npm install imapflow postal-mime` was run. Prints a line of JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const BATCH = 20;
const [folder, host, port, ca, user] = process.argv.slice(2);
const require = createRequire(join(folder, "here.js"));
const { ImapFlow } = require("imapflow");
const PostalMime = require("postal-mime").default ?? require("postal-mime");

const client = new ImapFlow({
    host,
    port: Number(port),
    secure: true,
    tls: { ca: readFileSync(ca) },
    auth: { user, pass: readFileSync(0, "utf8").trim() },
    logger: false,
});
const start = performance.now();
let messages = 0;
let parsed = 0;
await client.connect();
const lock = await client.getMailboxLock("INBOX", { readOnly: true });
const end = Number(client.mailbox.uidNext);
for (let first = 1; first < end; first += BATCH) {
    const range = `${first}:${Math.min(first + BATCH, end) - 1}`;
    for (const message of await client.fetchAll(range, { uid: true, source: true }, { uid: true })) {
        const mail = await PostalMime.parse(message.source);
        messages += 1;
        parsed += mail.from ? 1 : 0;
    }
}
lock.release();
const seconds = (performance.now() - start) / 1000;
await client.logout();
console.log(JSON.stringify({ seconds, messages, parsed }));
