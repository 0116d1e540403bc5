// Package expression compiles the expressions of Lineside: bindings of screens, computed
// tags, scales, interlocks. They are written in the syntax of expr-lang
// (https://expr-lang.org/docs/language-definition), checked against the types of the tags
// they name, proven bounded, and turned into typed closures that neither allocate nor box.
//
// # Names
//
// tag("area/line/speed") is a tag; its path is a constant. A bare name is an input or
// parameter, or what "let name = …;" defined. Members of a JSON value are reached by
// value.name and value[0].
//
// # Types
//
// bool, int (64 bits), float (64 bits), string, bytes, json, and lists, which exist within
// an expression only. An int where a float is wanted becomes one; nothing else is converted
// by itself: use int(), float(), string(). A member of a JSON value becomes what its use
// wants, or has no value with BadTypeMismatch.
//
// + - * of two ints give an int, with a float a float. / and ** always give a float; % is
// for ints. Comparison of an int with a float compares floats.
//
// # What has no value
//
// There is no value, with quality BadOutOfRange, when a divisor is zero, an int overflows,
// a function is used outside its domain (sqrt(-1)), or the result is NaN or infinite. A
// text that grows over 64 KiB is BadRequestTooLarge.
//
// # Quality
//
// The quality of a result is the worst of the inputs that were read to find it. The branch
// of "?:" and if() that was not taken, and the right side of && and || when the left side
// decides, are not read and do not count. Once one is bad there is no value. A let counts
// where its name is used. orElse(x, …) takes another value when x has none; quality(x),
// isGood(x) and age(x) look at x and are good themselves.
//
// # Bounds
//
// An expression is refused when it has more than 4 KiB of text, brackets nested deeper than
// 32, more than 500 parts, or when going through its lists could take more than 100,000
// steps. A list from a JSON value has at most 1,000 elements, a constant range 10,000, a
// pattern for matches is constant and small. So evaluation always ends soon.
package expression
