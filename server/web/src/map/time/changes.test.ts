import { expect, test } from "vitest";
import { fieldName, valueText } from "./changes";

test("fields, relationships and what they say are told in words", () => {
  expect(fieldName("legal_basis")).toBe("Legal basis");
  expect(fieldName("LOCATED_IN")).toBe("Located in");
  expect(fieldName("exceptions.accounting")).toBe("Exceptions: accounting");
  expect(valueText("legal_basis", "LEGITIMATE_INTERESTS")).toBe("Legitimate interests");
  expect(valueText("notice_channels", "EMAIL, ACCOUNT_AREA")).toBe("Email, Account area");
  expect(valueText("function", "NONE")).toBe("NONE");
});
