package engine

import "github.com/lineside/lineside/runtime/unit"

// PlantUnits are the units in which values are shown to who has chosen none; nil when the plant does not say.
func (e *Engine) PlantUnits() *unit.Preference {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.plant == nil {
		return nil
	}
	return e.plant.Units
}
