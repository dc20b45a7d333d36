/** A QR code as a drawing: made here, from its modules. */

import { encode } from "uqr";
import { live } from "./dom.ts";

const SVG = "http://www.w3.org/2000/svg";

export function qrCode(text: string, label: () => string): SVGSVGElement {
  const { data, size } = encode(text, { ecc: "M", border: 2 });
  const squares = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")));
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", squares.join(""));
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", `0 0 ${size} ${size}`);
  drawing.setAttribute("class", "qr");
  drawing.setAttribute("role", "img");
  live(drawing, () => drawing.setAttribute("aria-label", label()));
  drawing.append(path);
  return drawing;
}
