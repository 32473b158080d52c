// The Enter key as a browser reports it, after another event if `after` names one.
(field, { after, ...how }) => {
  const seen = { bubbles: true, composed: true, cancelable: true };
  if (after) field.dispatchEvent(new CompositionEvent(after, seen));
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ...seen, ...how }));
}
