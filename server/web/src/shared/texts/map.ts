export const mapTexts = {
  "map.title": "Data map",
  "map.views.picture": "Picture",
  "map.views.questions": "Questions",

  "revision.choose": "Which revision",
  "revision.inForce": "In force now",
  "revision.inForce.hint": "What holds today, whatever is published next.",
  "revision.on": "As it was by the end of a day",
  "revision.onDay": "On {day}",
  "revision.number": "Revision {number}",
  "revision.from": "from {day}",
  "revision.state.DRAFT": "draft",
  "revision.state.PUBLISHED": "published",
  "revision.state.WITHDRAWN": "withdrawn",
} as const;
