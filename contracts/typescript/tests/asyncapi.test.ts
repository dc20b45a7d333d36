import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import specs from "@asyncapi/specs";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { parse } from "yaml";

test("the generated AsyncAPI document is valid by AsyncAPI's own schema", () => {
  const document: unknown = parse(readFileSync(new URL("../../generated/asyncapi.yaml", import.meta.url), "utf8"));
  const ajv = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false });
  formats.default(ajv);

  const validate = ajv.compile(specs.schemas["3.0.0"] as object);

  assert.ok(validate(document), JSON.stringify(validate.errors?.slice(0, 5)));
});
