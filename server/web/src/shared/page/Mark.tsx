/** The mark: a pane of glass with a leaf of paper behind. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} fill="none" aria-hidden="true">
      <path d="M8 6.5h8M8 10h8M8 13.5h5" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" opacity=".55" />
      <rect x="3.5" y="2.5" width="17" height="15.5" rx="2" stroke="currentColor" strokeWidth="1.6" />
      <path d="M6 21.5h12" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
      <path d="M16.8 5 19 7.2" stroke="currentColor" strokeWidth="1.2" strokeLinecap="round" />
    </svg>
  );
}
