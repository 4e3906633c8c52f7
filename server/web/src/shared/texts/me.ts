export const meTexts = {
  "me.title": "Your data",
  "me.views.overview": "Overview",
} as const;
