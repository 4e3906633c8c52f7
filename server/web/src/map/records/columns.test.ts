import { expect, test } from "vitest";
import { groupsOf } from "./columns";

const column = (title: string, point: string | null = null, isJoined = false) => ({
  name: title.toLowerCase(),
  title,
  point,
  isJoined,
});

test("a column stands below the one that it is joined to, each with what asks for it", () => {
  const columns = [
    column("Service"),
    column("Purpose", "30(1)(b)", true),
    column("Legal basis", null, true),
    column("Recipients", "30(1)(d)"),
  ];
  expect(groupsOf(columns)).toEqual([
    { title: "Service · Purpose (Art. 30(1)(b)) · Legal basis", places: [0, 1, 2] },
    { title: "Recipients (Art. 30(1)(d))", places: [3] },
  ]);
});
