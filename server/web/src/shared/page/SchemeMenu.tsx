import { ActionIcon, Menu, useMantineColorScheme } from "@mantine/core";
import { Monitor, Moon, Sun } from "lucide-react";
import { t } from "../texts";
import { useOpen } from "./useOpen";

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
    <Menu position="bottom-end" {...useOpen()}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("scheme.label")}>
          <Icon size={18} strokeWidth={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={colorScheme}>
          {SCHEMES.map(({ scheme, icon: Each }) => (
            <Menu.RadioItem
              key={scheme}
              value={scheme}
              closeMenuOnClick
              rightSection={<Each size={16} strokeWidth={1.75} />}
              onChange={() => setColorScheme(scheme)}
            >
              {t(`scheme.${scheme}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
