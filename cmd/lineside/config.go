package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

// configFile is the name of a YAML file whose keys are names of flags. The command line goes
// before the environment, and that before the file.
type configFile string

// BeforeResolve reads the file and lets it answer for flags that were not given.
func (configFile) BeforeResolve(k *kong.Kong, ctx *kong.Context, trace *kong.Path) error {
	name, _ := ctx.FlagValue(trace.Flag).(configFile)
	conf := koanf.New(".")
	err := conf.Load(file.Provider(string(name)), yaml.Parser())
	if errors.Is(err, fs.ErrNotExist) && string(name) == trace.Flag.Default {
		return nil
	}
	if err != nil {
		return fmt.Errorf("configuration %s: %w", name, err)
	}
	known := flagNames(k.Model.Node)
	for _, key := range conf.Keys() {
		if !slices.Contains(known, key) {
			return fmt.Errorf("configuration %s: there is no key %q; known are: %s", name, key, strings.Join(known, ", "))
		}
	}
	ctx.AddResolver(kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if fromEnvironment(flag) || !conf.Exists(flag.Name) {
			return nil, nil
		}
		return conf.Get(flag.Name), nil
	}))
	return nil
}

// flagNames lists the flags that a file may set.
func flagNames(n *kong.Node) []string {
	var out []string
	for _, f := range n.Flags {
		if len(f.Envs) > 0 && f.Name != "config" {
			out = append(out, f.Name)
		}
	}
	for _, child := range n.Children {
		out = append(out, flagNames(child)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// fromEnvironment reports whether a flag is set by the environment, or by a file that it names.
func fromEnvironment(flag *kong.Flag) bool {
	for _, env := range flag.Envs {
		if _, ok := os.LookupEnv(env); ok {
			return true
		}
		if secretFlag(flag) && os.Getenv(env+"_FILE") != "" {
			return true
		}
	}
	return false
}

// secretFlag reports whether a flag holds a secret (or an address with one in it).
func secretFlag(flag *kong.Flag) bool {
	return flag.Tag.Has("secret")
}

// fileSecrets reads secrets from the files that LINESIDE_…_FILE name.
func fileSecrets() kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if !secretFlag(flag) {
			return nil, nil
		}
		for _, env := range flag.Envs {
			name := os.Getenv(env + "_FILE")
			if _, set := os.LookupEnv(env); set || name == "" {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, fmt.Errorf("%s_FILE: %w", env, err)
			}
			return strings.TrimRight(string(text), "\r\n"), nil
		}
		return nil, nil
	})
}
