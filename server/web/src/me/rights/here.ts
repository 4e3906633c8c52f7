/** Where these pages themselves do what an article of the GDPR grants. */
const HERE = [
  { articles: ["7(3)", "18", "21"], to: "/choices", text: "rights.here" },
  { articles: ["13", "14", "15"], to: "/held", text: "rights.look" },
] as const;

/** `articles`: as the policy's map names them, such as `15, 16` or `21(2)`. */
export const hereOf = (articles: string): (typeof HERE)[number] | undefined =>
  HERE.find((here) =>
    articles
      .split(/\s*,\s*/)
      .some((given) => here.articles.some((each) => given === each || given.startsWith(`${each}(`))),
  );
