package script

import (
	"fmt"
	"strings"
)

// Doc describes one thing of the language that scripts see: a function that they may have, or a method that they may call. It is
// the one source of the declarations for editors and of the page in the reference.
type Doc struct {
	// Of is widget for functions that a script may have, me for methods of what they are given, console for the rest.
	Of string `json:"of"`
	// Signature is in TypeScript.
	Signature string `json:"signature"`
	// Text says what it does.
	Text string `json:"text"`
}

// Docs are all of them.
func Docs() []Doc {
	return []Doc{
		{"script", "declare function init(me: Me, settings: Settings): void", "Called once for each widget on a screen that is open, before anything else, with the settings as they are now: constants and the values of what is bound. Keep what the widget needs in properties of me."},
		{"script", "declare function data(me: Me, name: keyof Settings & string, value: any, good: boolean): void", "Called when the value of a bound setting has changed, and once for each of them after init. A value that is not good is null: show that it is not known."},
		{"script", "declare function event(me: Me, name: string, value: any): void", "Called when a person does something with the widget: a click on a part that tells an event, or an event of the widget. Only here me.write is done, with the rights of that person."},
		{"script", "declare function every(me: Me): void", "Called again and again, as often as the widget says (at least 100 ms apart), while a screen with it is open."},
		{"me", "set(name: Outputs, value: string | number | boolean | null): void", "Sets what the parts of the picture that name it are to show. null lets a part be as it was drawn."},
		{"me", "emit(name: Events, value?: any): void", "Tells an event of the widget. The actions that a screen has put on it are done for the person whose event is handled; without one, actions are not done."},
		{"me", "write(setting: Writable, value: string | number | boolean): void", "Writes to the tag that the setting is bound to, for the person whose event is handled: with the rights, limits, interlocks and the audit trail of any write."},
		{"me", "log(...what: any[]): void", "Writes a line into the log of the script, for who designs the app."},
		{"console", "log(...what: any[]): void", "Like me.log. So are info, warn, error and debug."},
	}
}

// Shape is what a widget adds to the declarations.
type Shape struct {
	// Settings are names and their types in TypeScript, in order.
	Settings [][2]string
	// Outputs, Events and Writable are names.
	Outputs, Events, Writable []string
}

// Types writes the declarations for editors (TypeScript), those of any widget when of is nil.
func Types(of *Shape) string {
	var b strings.Builder
	b.WriteString("// What a script of a widget sees and may define. It runs on the server: there is no window, no fetch, no require.\n\n")
	if of == nil {
		b.WriteString("/** The settings of the widget by name. */\ninterface Settings { [name: string]: any }\n")
		for _, n := range []string{"Outputs", "Events", "Writable"} {
			fmt.Fprintf(&b, "type %s = string;\n", n)
		}
	} else {
		b.WriteString("/** The settings of the widget by name; null while a value is not known. */\ninterface Settings {\n")
		for _, s := range of.Settings {
			fmt.Fprintf(&b, "  %s: %s | null;\n", s[0], s[1])
		}
		b.WriteString("}\n")
		for _, n := range []struct {
			name string
			of   []string
		}{{"Outputs", of.Outputs}, {"Events", of.Events}, {"Writable", of.Writable}} {
			fmt.Fprintf(&b, "type %s = %s;\n", n.name, union(n.of))
		}
	}
	section := func(of, open, indent, end string) {
		b.WriteString(open)
		for _, d := range Docs() {
			if d.Of == of {
				fmt.Fprintf(&b, "%s/** %s */\n%s%s;\n", indent, d.Text, indent, d.Signature)
			}
		}
		b.WriteString(end)
	}
	section("me", "\n/** One widget on an open screen. Properties that a script gives it stay while it is open. */\ninterface Me {\n", "  ", "  [property: string]: any;\n}\n\n")
	section("script", "", "", "\n")
	section("console", "declare const console: {\n", "  ", "  info(...what: any[]): void;\n  warn(...what: any[]): void;\n  error(...what: any[]): void;\n  debug(...what: any[]): void;\n};\n")
	return b.String()
}

// union is a type of some names; without any, nothing fits.
func union(names []string) string {
	if len(names) == 0 {
		return "never"
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(quoted, " | ")
}
