// The parts that every page is made of.

export { Boundary } from "./boundary";
export { Button, IconButton, Segmented, Tooltip } from "./button";
export { ColorInput } from "./color";
export { Dialog, Popover, useConfirm } from "./dialog";
export { Check, Input, NumberInput, Row, SearchInput, Select, Switch, TextArea } from "./field";
export { Icon } from "./icon";
export { IconPicker } from "./iconpicker";
export { ContextMenu, Menu, type MenuEntry } from "./menu";
export { Badge, Busy, Empty, ErrorNote, Note } from "./message";
export { ScheduleField } from "./schedule";
export { type FieldContext, FieldControl, type SpecField, SpecForm, shows } from "./specform";
export { Tabs } from "./tabs";
export { Providers, toast } from "./toast";
