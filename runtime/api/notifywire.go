package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/store"
)

// vapidSecret is the name under which the keys for push messages are kept.
const vapidSecret = "notify.vapid"

// NewNotify makes the service that tells people of alarms, over a store and an engine, with the set-up that is kept. keeper
// decides about certificates.
func NewNotify(ctx context.Context, db *store.Store, eng *engine.Engine, keeper trust.Keeper, log *slog.Logger) (*notify.Service, error) {
	keys, err := vapidKeys(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("keys for push messages: %w", err)
	}
	zone := func() *time.Location {
		if p := eng.Plant(); p != nil && p.Timezone != "" {
			if zone, err := time.LoadLocation(p.Timezone); err == nil {
				return zone
			}
		}
		return time.Local
	}
	service := notify.New(notify.Options{
		Log: log, Keeper: db, Events: eng.AlarmEvents, Zone: zone, Tell: eng.ShowMessages, Host: notify.Host{Trust: keeper, VAPID: &keys},
		Declared: func(key alarm.Key, value json.RawMessage) (notify.Declared, bool) {
			f, ok := eng.AlarmFacts(key, value)
			d := notify.Declared{Value: f.Value, Limit: f.Limit, Unit: f.Unit, Area: f.Area, Cause: f.Cause, Consequence: f.Consequence, Action: f.Action}
			if f.Class != nil {
				d.Class, d.Routes = f.Class.ID, f.Class.Routes
			}
			return d, ok
		},
		People: func(ctx context.Context) ([]notify.Known, error) { return notifyPeople(ctx, db) },
		Secret: func(ref string) (string, error) {
			// Channels have secrets of their own: no other leaves by one.
			if !strings.HasPrefix(ref, store.NotifySecret) {
				return "", store.ErrNotFound
			}
			return db.Secret(context.Background(), ref)
		},
	})
	content, _, err := db.NotifySetup(ctx)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return service, nil
	case err != nil:
		return nil, fmt.Errorf("set-up of messages: %w", err)
	}
	var config notify.Config
	if err := json.Unmarshal(content, &config); err != nil {
		return nil, fmt.Errorf("set-up of messages: %w", err)
	}
	service.Use(&config)
	return service, nil
}

// vapidKeys are the keys for push messages, which are made once: with others, no registered device could be reached.
func vapidKeys(ctx context.Context, db *store.Store) (keys notify.VAPID, err error) {
	text, err := db.KeptSecret(ctx, vapidSecret)
	if err == nil {
		return keys, json.Unmarshal([]byte(text), &keys)
	}
	// After a restore without its key there are new ones, and devices register again.
	if !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrSealed) {
		return keys, err
	}
	if keys, err = notify.NewVAPID(); err != nil {
		return keys, err
	}
	raw, err := json.Marshal(keys)
	if err != nil {
		return keys, err
	}
	return keys, db.KeepSecret(ctx, vapidSecret, string(raw))
}

// notifyPeople are all users, with how they want to be told.
func notifyPeople(ctx context.Context, db *store.Store) ([]notify.Known, error) {
	users, err := db.Users(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := db.NotifyPeople(ctx)
	if err != nil {
		return nil, err
	}
	devices, err := db.NotifyDevices(ctx, "")
	if err != nil {
		return nil, err
	}
	out := make([]notify.Known, len(users))
	for i, u := range users {
		key := strings.ToLower(u.Name)
		out[i] = notify.Known{Name: u.Name, Language: u.Language, Disabled: u.Disabled, Rights: auth.RightsOf(u.Grants, auth.AllActions), Person: settings[key]}
		for _, d := range devices {
			if d.User == key {
				out[i].Devices = append(out[i].Devices, d.ID)
			}
		}
	}
	return out, nil
}
