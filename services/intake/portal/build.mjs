/** Bundles the page into intake's package: two assets named by their content, and a page that names their hashes. */

import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const OUT = fileURLToPath(new URL("../src/intake/dist/", import.meta.url));

const { metafile } = await build({
  absWorkingDir: HERE,
  entryPoints: { portal: "src/main.ts", style: "src/style.css" },
  outdir: `${OUT}assets`,
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "esm",
  platform: "browser",
  target: ["chrome103", "firefox102", "safari16"],
  legalComments: "eof",
  metafile: true,
});

const names = Object.keys(metafile.outputs).map((path) => basename(path));
const page = await readFile(`${HERE}src/index.html`, "utf8");
await writeFile(`${OUT}index.html`, await withAssets(page));
// The last build's assets go last: a service that starts meanwhile finds a whole page.
const kept = names.flatMap((name) => [name, `${name}.gz`]);
for (const name of await readdir(`${OUT}assets`)) if (!kept.includes(name)) await rm(`${OUT}assets/${name}`);

async function withAssets(text) {
  for (const [place, suffix] of [["script", ".js"], ["style", ".css"]]) {
    const name = names.find((each) => each.endsWith(suffix));
    const content = await readFile(`${OUT}assets/${name}`);
    await writeFile(`${OUT}assets/${name}.gz`, gzipSync(content, { level: 9 }));
    const integrity = `sha384-${createHash("sha384").update(content).digest("base64")}`;
    text = text.replace(`$${place}_integrity`, integrity).replace(`$${place}"`, `/assets/${name}"`);
    console.log(`${name}: ${content.length} bytes, ${gzipSync(content, { level: 9 }).length} gzipped`);
  }
  return text;
}
