// Our look, laid over Mantine's parts: paper, ink and one colour. docs/design-language.md says why.
import {
  type BadgeProps,
  type ButtonProps,
  type CSSVariablesResolver,
  type InputProps,
  type InputWrapperProps,
  type MantineColorsTuple,
  type MenuProps,
  type ModalProps,
  type SelectProps,
  type SwitchProps,
  createTheme,
} from "@mantine/core";

// Mantine takes dark's 0 for text, 2 for dimmed, 4 for lines, 6 for fields, 7 for the page.
const ink: MantineColorsTuple = [
  "#eef1fd",
  "#dce2fa",
  "#b8c4f3",
  "#93a5ec",
  "#728ae5",
  "#5672dc",
  "#3f5ccf",
  "#2f4bbd",
  "#273f9f",
  "#1e3180",
];
const gray: MantineColorsTuple = [
  "#f7f7f5",
  "#f1f0ed",
  "#e6e5e1",
  "#d9d8d3",
  "#c6c4be",
  "#a3a19a",
  "#716f69",
  "#5b5a56",
  "#3a3936",
  "#1b1b1a",
];
const dark: MantineColorsTuple = [
  "#ecebe7",
  "#d0cec8",
  "#aeaca5",
  "#8f8d86",
  "#3d3c39",
  "#32312e",
  "#242422",
  "#1b1b1a",
  "#161615",
  "#111110",
];
const green: MantineColorsTuple = [
  "#e9f6ef",
  "#d2ecde",
  "#a5d9be",
  "#74c49b",
  "#4bb07e",
  "#2f9a67",
  "#238354",
  "#1b6c45",
  "#165738",
  "#10412a",
];
const red: MantineColorsTuple = [
  "#fdeeec",
  "#f9dbd8",
  "#f1b6b0",
  "#e88f86",
  "#df6b60",
  "#d44c40",
  "#c0392d",
  "#a62e24",
  "#86251d",
  "#671d17",
];
const amber: MantineColorsTuple = [
  "#fdf4e1",
  "#f9e8c3",
  "#f1d18a",
  "#e7b950",
  "#d79f24",
  "#b98412",
  "#97690a",
  "#7a5407",
  "#614306",
  "#4a3305",
];

const FONT =
  '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif';
const MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace';

const quick = { duration: 120 };
const label = { defaultProps: { size: "sm" } satisfies Partial<InputProps> };

export const theme = createTheme({
  colors: { ink, gray, dark, green, red, amber },
  primaryColor: "ink",
  primaryShade: { light: 7, dark: 6 },
  white: "#ffffff",
  black: "#1b1b1a",
  fontFamily: FONT,
  fontFamilyMonospace: MONO,
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  lineHeights: { xs: "1.35", sm: "1.45", md: "1.45", lg: "1.5", xl: "1.4" },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  radius: { xs: "3px", sm: "6px", md: "8px", lg: "12px", xl: "16px" },
  defaultRadius: "sm",
  headings: {
    fontFamily: FONT,
    fontWeight: "620",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.3" },
      h2: { fontSize: "1rem", lineHeight: "1.4" },
      h3: { fontSize: "0.875rem", lineHeight: "1.45" },
    },
  },
  focusRing: "auto",
  cursorType: "pointer",
  respectReducedMotion: true,
  // By their names alone: the parts themselves are loaded with the first screen that has them.
  components: {
    Button: { defaultProps: { size: "sm" } satisfies Partial<ButtonProps> },
    Badge: {
      defaultProps: { variant: "light", radius: "xs", tt: "none", fw: 560 } satisfies Partial<BadgeProps>,
    },
    Input: { defaultProps: { size: "sm" } satisfies Partial<InputProps> },
    InputWrapper: { defaultProps: { size: "sm" } satisfies Partial<InputWrapperProps> },
    TextInput: label,
    PasswordInput: label,
    NativeSelect: label,
    Select: {
      defaultProps: {
        size: "sm",
        allowDeselect: false,
        comboboxProps: { shadow: "md", transitionProps: quick },
      } satisfies Partial<SelectProps>,
    },
    Switch: { defaultProps: { size: "sm" } satisfies Partial<SwitchProps> },
    Menu: {
      // Its placeholder for the first focus stands where a menu may hold items only.
      defaultProps: {
        shadow: "md",
        transitionProps: quick,
        withinPortal: true,
        withInitialFocusPlaceholder: false,
      } satisfies Partial<MenuProps>,
    },
    Modal: {
      defaultProps: {
        centered: false,
        yOffset: "12vh",
        transitionProps: { ...quick, transition: "fade" },
        overlayProps: { backgroundOpacity: 0.4 },
      } satisfies Partial<ModalProps>,
    },
  },
});

/** What Mantine names, in our colours; the rest of our tokens stand in app.css. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#1b1b1a",
    "--mantine-color-dimmed": "#66645f",
    "--mantine-color-placeholder": "#716f69",
    "--mantine-color-anchor": "#2f4bbd",
    "--mantine-color-error": "#b3321f",
    "--mantine-color-default-border": "#d9d8d3",
    "--mantine-color-default-hover": "#f7f7f5",
  },
  dark: {
    "--mantine-color-body": "#1b1b1a",
    "--mantine-color-text": "#ecebe7",
    "--mantine-color-dimmed": "#aeaca5",
    "--mantine-color-placeholder": "#98968f",
    "--mantine-color-anchor": "#a9b8f5",
    "--mantine-color-error": "#f0938a",
    "--mantine-color-default": "#242422",
    "--mantine-color-default-border": "#3d3c39",
    "--mantine-color-default-hover": "#2b2a28",
  },
});
