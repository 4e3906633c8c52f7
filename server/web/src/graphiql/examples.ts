export interface Example {
  query: string;
  /** JSON. */
  variables?: string;
}

/** What the tabs begin with. */
export const EXAMPLES: readonly Example[] = [
  {
    query: `# Which ways does data take, hop by hop? For staff.
query Paths($to: [ElementInput!]) {
  dataMap {
    paths(to: $to, first: 20) {
      totalCount
      isComplete
      nodes {
        isIdentifiable
        hops {
          element {
            key
            ... on Source { name }
            ... on Service { name }
            ... on DataCategory { name }
            ... on Recipient { recipient: name }
            ... on Country { name }
          }
          by { key }
        }
      }
    }
  }
}
`,
    variables: `{
  "to": [{ "kind": "COUNTRY", "key": "US" }]
}
`,
  },
  {
    query: `# What if these go? For staff.
query Impact($of: [ElementInput!]!) {
  dataMap {
    impact(of: $of) {
      isComplete
      people { count isComplete }
      falls { element { __typename key } because { key } }
      brokenPromises { clause { number text } }
      findings { kind rule message }
    }
  }
}
`,
    variables: `{
  "of": [{ "kind": "RECIPIENT", "key": "google" }]
}
`,
  },
  {
    query: `# What do the checks find? For staff.
query Findings($number: Int) {
  dataMap(number: $number) {
    findings(first: 20) {
      totalCount
      nodes { kind rule message ruleSays mending }
    }
  }
}
`,
    variables: `{ "number": 1 }
`,
  },
  {
    query: `# Which service uses what, from where, and why?
query DataMap {
  dataMap {
    revision { number summary }
    processings(first: 20) {
      nodes {
        key
        service { name }
        categories { name }
        source { name }
        purpose { name }
        legalBasis
        clauses { number }
      }
    }
  }
}
`,
  },
  {
    query: `# The text in force, and what each clause states.
query Policy {
  policy {
    revision { number }
    clauses(first: 20) {
      nodes { number key text states { key } }
    }
  }
}
`,
  },
  {
    query: `# What is held about me? For a person.
query MyData {
  me {
    revision { number effectiveAt }
    holdings(first: 10) {
      nodes {
        service { name }
        category { name }
        since
        purposes { purpose { name } legalBasis status }
        recipients { recipient { name function } status }
      }
    }
  }
}
`,
  },
  {
    query: `# Each notice, as it is written. For a person.
subscription Notices {
  noticeAdded { revisionNumber title }
}
`,
  },
];
