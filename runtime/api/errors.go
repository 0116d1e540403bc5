package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// Error is the body of every answer that is not a success.
type Error struct {
	// Code is stable and machine-readable: "tag_unknown".
	Code string `json:"code"`
	// Message is one sentence for a person.
	Message string `json:"message"`
	// Hint says what to do.
	Hint string `json:"hint,omitempty"`
	// At is the JSON Pointer of the place in the document or body that was sent.
	At string `json:"at,omitempty"`
	// Problems are all that were found, when there are several.
	Problems []*spec.Problem `json:"problems,omitempty"`

	status  int
	headers http.Header
	kind    *Code
	args    []any
	cause   error
}

// Error implements error.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.Message + ": " + e.cause.Error()
	}
	return e.Message
}

// Unwrap is the cause, for the log.
func (e *Error) Unwrap() error { return e.cause }

// GetStatus is the HTTP status.
func (e *Error) GetStatus() int { return e.status }

// GetHeaders are HTTP headers that go with the error.
func (e *Error) GetHeaders() http.Header { return e.headers }

// Code is one kind of error of the API with its texts. Codes of problems inside documents
// are those of the packages that check them.
type Code struct {
	Code   string
	Status int
	// Message and Hint may have verbs for arguments.
	Message, Hint spec.Text
}

var codes []*Code

// Codes are all error codes of the API, for its reference.
func Codes() []*Code { return slices.Clone(codes) }

func define(code string, status int, en, zh, hintEn, hintZh string) *Code {
	c := &Code{code, status, spec.Text{"en": en, "zh": zh}, spec.Text{"en": hintEn, "zh": hintZh}}
	codes = append(codes, c)
	return c
}

// The error codes of the API.
var (
	errUnauthorized    = define("unauthorized", 401, "You are not logged in.", "您尚未登录。", "Log in, or send an API token.", "请登录，或提供 API 令牌。")
	errTokenInvalid    = define("token_invalid", 401, "The API token is not valid.", "API 令牌无效。", "It may have expired or been removed. Make a new one.", "它可能已过期或被删除，请新建一个。")
	errLogin           = define("login_failed", 401, "Name or password is wrong.", "用户名或密码错误。", "Type both again. An administrator can set a new password.", "请重新输入。管理员可以重设密码。")
	errLoginLocked     = define("login_locked", 429, "There were too many failed attempts.", "失败次数过多。", "Wait %d seconds and try again.", "请等待 %d 秒后重试。")
	errHistoryNone     = define("history_none", 404, "This runtime keeps no history.", "此运行时不保存历史数据。", "Start it with a data folder.", "请指定数据目录后启动。")
	errSetup           = define("setup_token", 403, "The set-up link is not valid.", "设置链接无效。", "Use the link that was printed when Lineside started last. It works once.", "请使用 Lineside 最近一次启动时打印的链接，它只能使用一次。")
	errSetupDone       = define("setup_done", 409, "Lineside has been set up already.", "Lineside 已完成设置。", "Log in.", "请登录。")
	errForbidden       = define("forbidden", 403, "You may not do that.", "您没有此操作的权限。", "It needs the right to %s %s. Ask an administrator.", "需要权限 %s %s，请联系管理员。")
	errCrossOrigin     = define("cross_origin", 403, "The request came from another site.", "请求来自其他网站。", "Open Lineside at its own address.", "请直接在 Lineside 自己的地址打开。")
	errPersonOnly      = define("person_only", 403, "Only a person who is logged in can do that, not a token.", "只有登录的用户可以执行此操作，令牌不可以。", "Log in with name and password.", "请用用户名和密码登录。")
	errNotFound        = define("not_found", 404, "There is no %s %q.", "%s %q 不存在。", "Check its name.", "请检查名称。")
	errRoute           = define("route_unknown", 404, "There is nothing at this address.", "此地址没有内容。", "The API describes itself at /api/v1/openapi.json.", "API 说明见 /api/v1/openapi.json。")
	errMethod          = define("method_unknown", 405, "This address does not know the method %s.", "此地址不支持方法 %s。", "The API describes itself at /api/v1/openapi.json.", "API 说明见 /api/v1/openapi.json。")
	errExists          = define("exists", 409, "There is already a %s %q.", "%s %q 已存在。", "Choose another name.", "请换一个名称。")
	errLastAdmin       = define("last_admin", 409, "That would leave nobody who can administer.", "这样将没有任何管理员。", "Give somebody else the role of administrator first.", "请先授予其他人管理员角色。")
	errChanged         = define("changed", 412, "Somebody else has changed the document in the meantime.", "文档已被他人修改。", "Load it again and repeat your change.", "请重新加载后再次修改。")
	errNoETag          = define("if_match_missing", 428, "The request does not say which version it changes.", "请求没有说明修改的是哪个版本。", "Send the ETag you have got as If-Match.", "请将收到的 ETag 放在 If-Match 中。")
	errTooLarge        = define("too_large", 413, "The request is too large.", "请求过大。", "Send less at once.", "请减少一次发送的内容。")
	errBody            = define("body_invalid", 422, "The request is not as it should be.", "请求内容不正确。", "Correct what the problems name.", "请按所列问题修改。")
	errBodySyntax      = define("body_syntax", 400, "The request cannot be read.", "请求无法解析。", "Send JSON as the API describes it.", "请按 API 说明发送 JSON。")
	errMediaType       = define("media_type", 415, "The content type is not known here.", "不支持此内容类型。", "Send application/json.", "请发送 application/json。")
	errDocument        = define("document_invalid", 422, "The document has errors.", "文档有错误。", "Correct what the problems name.", "请按所列问题修改。")
	errID              = define("id_form", 422, "%q cannot be an id.", "%q 不能作为标识。", `Write 1 to 64 letters, digits, "_" and "-".`, "请使用 1 到 64 个字母、数字、“_”和“-”。")
	errName            = define("name_form", 422, "%q cannot be a name.", "%q 不能作为名称。", "Write 1 to 64 characters without spaces at the ends, slashes and control characters.", "请使用 1 到 64 个字符，首尾不含空格，不含斜杠和控制字符。")
	errPassword        = define("password_weak", 422, "The password is too weak.", "密码强度不足。", "Choose a longer one.", "请选择更长的密码。")
	errPasswordWrong   = define("password_wrong", 403, "The present password is wrong.", "当前密码错误。", "Type it again.", "请重新输入。")
	errGrant           = define("grant_invalid", 422, "A grant is not valid: %s.", "授权无效：%s。", "A grant is a role and an area.", "授权由角色和区域组成。")
	errGrantWide       = define("grant_wide", 403, "A token cannot have more rights than you.", "令牌的权限不能超过您自己的权限。", "Leave out the grants that you do not have.", "请去掉您没有的授权。")
	errExpires         = define("expires_invalid", 422, "The time of expiry is not in the future.", "到期时间不在将来。", "Give a later time, or none.", "请给出更晚的时间，或不填。")
	errPattern         = define("pattern_invalid", 422, "The pattern is not valid: %s.", "匹配模式无效：%s。", `Write it like "area/line/*/speed" or "area/**".`, "例如 “area/line/*/speed” 或 “area/**”。")
	errTagUnknown      = define("tag_unknown", 404, "There is no tag %q.", "变量 %q 不存在。", "Check the path.", "请检查路径。")
	errAssetUnknown    = define("asset_unknown", 404, "There is no asset %q.", "资产 %q 不存在。", "Check the path.", "请检查路径。")
	errWriteRefused    = define("write_refused", 409, "The write was refused.", "写入被拒绝。", "", "")
	errNotPublished    = define("not_published", 409, "No revision of the app has been published.", "应用尚未发布。", "Publish it first.", "请先发布。")
	errSecretUnknown   = define("secret_unknown", 422, "The secret is not known here.", "此处没有该密钥。", "Enter it again.", "请重新输入。")
	errNotReady        = define("not_ready", 503, "Lineside is not ready.", "Lineside 尚未就绪。", "Try again in a moment.", "请稍后重试。")
	errFull            = define("storage_full", 507, "Nothing was saved: the disk of the server is full.", "未保存：服务器磁盘已满。", "Free space on it. Live values go on; saving and writing work again by themselves.", "请释放磁盘空间。实时数据不受影响，之后保存和写入会自动恢复。")
	errAway            = define("database_away", 503, "The database of the server does not answer.", "服务器的数据库没有响应。", "Live values and alarms go on, and history is kept. Try again when it is back.", "实时数据和报警不受影响，历史数据会暂存。数据库恢复后请重试。")
	errInputUnknown    = define("input_unknown", 422, "The app has no input %q.", "应用没有输入 %q。", "Leave it out.", "请去掉它。")
	errArchive         = define("archive_invalid", 422, "The file is no archive of an app.", "该文件不是应用的压缩包。", "Choose the zip of a folder that was exported: it has app.json.", "请选择导出文件夹的 zip 文件，其中应有 app.json。")
	errAuthorities     = define("authorities_full", 409, "There are as many authorities as may be.", "受信任的机构数量已达上限。", "Remove one that is not needed any more.", "请删除不再需要的机构。")
	errVersions        = define("versions_full", 409, "As many versions are saved as may be.", "已保存的版本数已达上限。", "Publish, or export the draft as a file.", "请发布，或将草稿导出为文件。")
	errInternal        = define("internal", 500, "Something went wrong inside.", "内部错误。", "Try again; the log of the server says more.", "请重试；服务器日志中有详细信息。")
	errLanguageUnknown = define("language_unknown", 422, "There is no language %q.", "没有语言 %q。", "Choose en or zh.", "请选择 en 或 zh。")
	errThemeUnknown    = define("theme_unknown", 422, "There is no theme %q.", "没有主题 %q。", "Choose light or dark.", "请选择 light 或 dark。")
)

// with makes an error of the code; args fill the verbs of its texts.
func (c *Code) with(args ...any) *Error {
	e := &Error{Code: c.Code, status: c.Status, kind: c, args: args}
	e.translate("en")
	return e
}

// at names the place in the body.
func (e *Error) at(pointer string) *Error {
	e.At = pointer
	return e
}

// because keeps the cause for the log.
func (e *Error) because(err error) *Error {
	e.cause = err
	return e
}

func (e *Error) header(name, value string) *Error {
	if e.headers == nil {
		e.headers = http.Header{}
	}
	e.headers.Set(name, value)
	return e
}

// translate puts the texts of the code into a language.
func (e *Error) translate(lang string) {
	e.Problems = spec.Problems(e.Problems).In(lang)
	if e.kind == nil {
		e.Message, e.Hint = spec.Translate(e.Message, lang), spec.Translate(e.Hint, lang)
		return
	}
	fill := func(t spec.Text) string {
		format := t.In(lang)
		verbs := strings.Count(format, "%")
		if verbs == 0 {
			return format
		}
		return fmt.Sprintf(format, e.args[:min(verbs, len(e.args))]...)
	}
	e.Message, e.Hint = fill(e.kind.Message), fill(e.kind.Hint)
}

// problemsError is the answer to a document or body with problems: the first one leads.
func problemsError(ps spec.Problems) *Error {
	e := errDocument.with()
	if len(ps) == 1 {
		p := ps[0]
		e.kind, e.Code, e.Message, e.Hint, e.At = nil, p.Code, p.Message, p.Hint, p.At
	}
	e.Problems = ps
	return e
}

// errorOf makes the answer to any error.
func errorOf(err error) *Error {
	var e *Error
	var ps spec.Problems
	var p *spec.Problem
	var conflict *store.ErrConflict
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &ps):
		return problemsError(ps)
	case errors.As(err, &p):
		return problemsError(spec.Problems{p})
	case errors.As(err, &conflict):
		e := errChanged.with()
		if conflict.ETag != "" {
			e.header("ETag", quote(conflict.ETag))
		}
		return e
	case errors.As(err, &tooLarge):
		return errTooLarge.with()
	case errors.Is(err, store.ErrFull):
		return errFull.with().because(err)
	case store.IsAway(err):
		return errAway.with().because(err)
	case errors.Is(err, context.Canceled):
		return errNotReady.with().because(err)
	}
	return errInternal.with().because(err)
}

// told gives problems of a success in the language of who asks; never null.
func told(ctx context.Context, ps spec.Problems) []*spec.Problem {
	return ps.In(languageOf(ctx))
}

// unless turns store.ErrNotFound and store.ErrExists into errors about a thing with a name.
func unless(err error, thing, name string) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return errNotFound.with(thing, name)
	case errors.Is(err, store.ErrExists):
		return errExists.with(thing, name)
	}
	return err
}

func init() {
	// huma makes its errors here: bodies that do not fit their schema, bad parameters.
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		var e *Error
		switch {
		case status == http.StatusRequestEntityTooLarge:
			e = errTooLarge.with()
		case status == http.StatusUnsupportedMediaType:
			e = errMediaType.with()
		case status == http.StatusBadRequest:
			e = errBodySyntax.with()
		case status == http.StatusUnprocessableEntity:
			e = errBody.with()
		case status == http.StatusRequestTimeout:
			e = errBodySyntax.with()
		case status >= 500:
			e = errInternal.with().because(errors.New(message))
		default:
			e = &Error{Code: "http_" + fmt.Sprint(status), Message: message, status: status}
		}
		if status == http.StatusRequestTimeout {
			e.status = status
		}
		for _, err := range errs {
			if err == nil {
				continue
			}
			if d, ok := err.(huma.ErrorDetailer); ok {
				detail := d.ErrorDetail()
				e.Problems = append(e.Problems, &spec.Problem{Code: e.Code, Message: detail.Message, At: pointer(detail.Location), Hint: e.Hint})
			} else {
				e.Problems = append(e.Problems, &spec.Problem{Code: e.Code, Message: err.Error()})
			}
		}
		if len(e.Problems) > 0 && e.status < 500 {
			e.At = e.Problems[0].At
			if len(e.Problems) == 1 {
				e.kind, e.Message = nil, e.Problems[0].Message
			}
		}
		return e
	}
}

// pointer makes a JSON Pointer of huma's "body.grants[0].role".
func pointer(location string) string {
	location = strings.TrimPrefix(location, "body")
	location = strings.NewReplacer("[", ".", "]", "").Replace(location)
	out := ""
	for _, part := range strings.Split(location, ".") {
		if part != "" {
			out += "/" + spec.Escape(part)
		}
	}
	return out
}
