// The provider of a model at a glance: its first letter, in a colour that is always its own. Its name stands beside it.

const hueOf = (provider: string): number => [...provider].reduce((hue, letter) => (hue * 31 + letter.charCodeAt(0)) % 360, 7);

/** Of `openai/gpt-4`; an alias that leads on to another one has no provider. */
export function ProviderMark({ model }: { model: string }) {
  const provider = model.split('/')[0] ?? '';
  return (
    <svg width={14} height={16} viewBox="0 0 14 16" aria-hidden style={{ flexShrink: 0 }}>
      <path d="M7 0 13.9 4v8L7 16 .1 12V4z" fill={`hsl(${hueOf(provider)} 45% 38%)`} />
      <text x={7} y={11} textAnchor="middle" fontSize={8.5} fontWeight={700} fill="#fff">
        {provider.charAt(0).toUpperCase()}
      </text>
    </svg>
  );
}
