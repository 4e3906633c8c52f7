import { ActionIcon, Menu, useMantineColorScheme } from "@mantine/core";
import { Check, Monitor, Moon, Sun } from "lucide-react";
import { t } from "../texts";

const SCHEMES = [
  { scheme: "auto", icon: Monitor },
  { scheme: "light", icon: Sun },
  { scheme: "dark", icon: Moon },
] as const;

/** Light, dark, or as the device has it. */
export function SchemeMenu() {
  // Without this it would write a stylesheet into the page, which its policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const { icon: Icon } = SCHEMES.find((each) => each.scheme === colorScheme) ?? SCHEMES[0];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("scheme.label")}>
          <Icon size={18} strokeWidth={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(({ scheme, icon: Each }) => (
          <Menu.Item
            key={scheme}
            role="menuitemradio"
            aria-checked={scheme === colorScheme}
            leftSection={<Each size={16} strokeWidth={1.75} />}
            rightSection={scheme === colorScheme && <Check size={14} />}
            onClick={() => setColorScheme(scheme)}
          >
            {t(`scheme.${scheme}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
