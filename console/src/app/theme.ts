import { type CSSVariablesResolver, createTheme, DEFAULT_THEME, Modal } from '@mantine/core';

export const theme = createTheme({
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace',
  primaryColor: 'blue',
  // Contrast of at least 4.5 : 1 with the background (WCAG 2.2, 1.4.3), as below.
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  defaultRadius: 'sm',
  components: {
    // Its header is none of the page, which has one already.
    Modal: Modal.extend({ defaultProps: { attributes: { header: { role: 'none' } } } }),
  },
});

/** Mantine's own shades of dimmed text, outlines and light backgrounds have less contrast than the theme's. */
export const colorsOfText: CSSVariablesResolver = () => {
  const darker = Object.keys(DEFAULT_THEME.colors).flatMap((color) =>
    ['outline', 'light-color', 'text'].map((use) => [
      `--mantine-color-${color}-${use}`,
      `color-mix(in srgb, var(--mantine-color-${color}-9), black 25%)`,
    ]),
  );
  return {
    variables: {},
    light: {
      ...Object.fromEntries(darker),
      '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
      '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
      '--mantine-color-anchor': 'var(--mantine-color-blue-9)',
    },
    dark: {
      '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
      '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
    },
  };
};
