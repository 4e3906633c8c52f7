// Runs every audit of GraphQL over HTTP against the address that is given, and prints what came of each as JSON.
import { serverAudits } from "graphql-http";

const results = [];
for (const { fn } of serverAudits({ url: process.argv[2] })) {
  const { id, name, status, reason } = await fn();
  results.push({ id, name, status, reason });
}
console.log(JSON.stringify(results));
