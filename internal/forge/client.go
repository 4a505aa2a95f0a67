package forge

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Options say how a forge is reached.
type Options struct {
	// Token is sent with each request; "" for none, which public projects allow.
	Token string
	// Proxy is as in http.Transport, normally http.ProxyFromEnvironment; nil for
	// none.
	Proxy func(*http.Request) (*url.URL, error)
	// Agent is how the client calls itself, "backstay" by default; GitHub refuses
	// who has no name.
	Agent string
	// Time bounds one request, the answer included; a minute by default.
	Time time.Duration
}

// Client asks the forge of one repository. Several goroutines may use it at
// once.
type Client struct {
	repo  Repository
	api   *url.URL
	token string
	agent string
	http  *http.Client

	mu sync.Mutex
	// known are the last answers by URL, with the tag that says whether they are
	// still good: an answer that is costs nothing of GitHub's limit of requests.
	known map[string]answer
}

// An answer is the body of one page.
type answer struct {
	tag  string
	body []byte
	// more says that another page follows.
	more bool
}

const (
	// defaultTime is Options.Time where none is given.
	defaultTime = time.Minute
	// maxBody bounds one answer, in bytes. GitHub allows 128 KiB of text in each
	// check run, of which there are perPage in one answer.
	maxBody = 16 << 20
	// perPage is what all forges give at once by their defaults' bounds.
	perPage = 50
	// maxPages bounds a list; GitHub has no more than 1,000 check runs itself.
	maxPages = 40
	// maxKnown bounds how many answers are kept, and maxKept the bytes of each.
	maxKnown = 32
	maxKept  = 1 << 20
	// maxWait bounds what a forge may ask to wait.
	maxWait = time.Hour
	// maxText bounds a text of a forge that is handed on, maxLink a URL, in bytes.
	maxText = 500
	maxLink = 2000
)

var (
	// ErrPlain says that the token would be sent unencrypted.
	ErrPlain = errors.New("the token would be sent unencrypted: use https")
	// ErrToken says that a token is none.
	ErrToken = errors.New("the token has characters that no token has")
	// ErrRefused says that the forge does not let the token see the checks.
	ErrRefused = errors.New("the forge refuses")
)

// TemporaryError says that the same question may be answered later.
type TemporaryError struct {
	// After is how long the forge asks to wait, 0 if it does not say.
	After time.Duration
	err   error
}

func (e *TemporaryError) Error() string { return e.err.Error() }

func (e *TemporaryError) Unwrap() error { return e.err }

// RetryAfter is After. Callers that may not know this package ask for it.
func (e *TemporaryError) RetryAfter() time.Duration { return e.After }

// NewClient gives a client for a repository.
func NewClient(r Repository, o Options) (*Client, error) {
	api, err := url.Parse(r.API)
	if err != nil || api.Host == "" || api.Scheme != "https" && api.Scheme != "http" {
		return nil, fmt.Errorf("reach %s/%s: %.200q is no API", r.Owner, r.Name, r.API)
	}
	for _, c := range []byte(o.Token) {
		if c <= ' ' || c >= 0x7f {
			return nil, fmt.Errorf("reach %s: %w", api.Host, ErrToken)
		}
	}
	if o.Token != "" && api.Scheme == "http" && !loopback(api.Hostname()) {
		return nil, fmt.Errorf("reach %s: %w", api.Host, ErrPlain)
	}
	c := &Client{repo: r, api: api, token: o.Token, agent: cmp.Or(o.Agent, "backstay"), known: map[string]answer{}}
	c.http = &http.Client{
		Timeout: cmp.Or(o.Time, defaultTime),
		Transport: &http.Transport{
			Proxy:                  o.Proxy,
			DialContext:            (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    10 * time.Second,
			ResponseHeaderTimeout:  30 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        90 * time.Second,
		},
		CheckRedirect: c.redirect,
	}
	return c, nil
}

// loopback says whether a host is this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// redirect follows a project that was renamed, and nothing to another host.
func (c *Client) redirect(next *http.Request, via []*http.Request) error {
	switch {
	case next.URL.Scheme != c.api.Scheme || next.URL.Host != c.api.Host:
		return errors.New("it leads to another host")
	case len(via) > 3:
		return errors.New("it leads round and round")
	}
	return nil
}

// Close gives up connections that are idle.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// get asks for one page of path, which begins behind the API's URL, into v, and
// says whether another page follows.
func (c *Client) get(ctx context.Context, path string, query url.Values, v any) (more bool, err error) {
	address := c.api.String() + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	a, err := c.fetch(ctx, address)
	if err == nil {
		if err = json.Unmarshal(a.body, v); err != nil {
			err = errors.New("the answer is not what the forge's API says it is")
		}
	}
	if err != nil {
		return false, fmt.Errorf("ask %s%s: %w", c.api.Host, c.plain(path), err)
	}
	return a.more, nil
}

// fetch gives an answer, the one it had before if that is still good.
func (c *Client) fetch(ctx context.Context, address string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return answer{}, errors.New("this is no address")
	}
	c.mu.Lock()
	old, known := c.known[address]
	c.mu.Unlock()
	c.head(request.Header)
	if known {
		request.Header.Set("If-None-Match", old.tag)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, c.unreached(ctx, err)
	}
	defer response.Body.Close()
	if known && response.StatusCode == http.StatusNotModified {
		return old, nil
	}
	// One byte more tells an answer that is too long from one that just fits.
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	switch {
	case err != nil:
		return answer{}, c.unreached(ctx, err)
	case response.StatusCode != http.StatusOK:
		return answer{}, c.refused(response, body)
	case len(body) > maxBody:
		return answer{}, fmt.Errorf("it answers more than %d MiB", maxBody>>20)
	}
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); kind != "application/json" && !strings.HasSuffix(kind, "+json") {
		return answer{}, fmt.Errorf("it answers with %q and not with JSON: this may be no API, or one that wants a token", c.plain(kind))
	}
	a := answer{tag: response.Header.Get("ETag"), body: body, more: follows(response.Header)}
	c.keep(address, a)
	return a, nil
}

// keep remembers an answer that has a tag.
func (c *Client) keep(address string, a answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, address)
	if a.tag == "" || len(a.body) > maxKept {
		return
	}
	if len(c.known) >= maxKnown {
		clear(c.known) // whatever is still asked for is back with the next answer
	}
	c.known[address] = a
}

// head sets what every request has.
func (c *Client) head(h http.Header) {
	h.Set("User-Agent", c.agent)
	h.Set("Accept", "application/json")
	if c.repo.Kind == GitHub {
		h.Set("Accept", "application/vnd.github+json")
		h.Set("X-GitHub-Api-Version", "2022-11-28")
	}
	switch {
	case c.token == "":
	case c.repo.Kind == Gitea:
		h.Set("Authorization", "token "+c.token)
	default:
		h.Set("Authorization", "Bearer "+c.token)
	}
}

// follows says whether a list goes on (RFC 8288). Where is never taken from
// there: pages are counted.
func follows(h http.Header) bool {
	for _, line := range h.Values("Link") {
		for link := range strings.SplitSeq(line, ",") {
			for param := range strings.SplitSeq(link, ";") {
				if key, value, _ := strings.Cut(strings.TrimSpace(param), "="); key == "rel" && strings.Trim(value, `"`) == "next" {
					return true
				}
			}
		}
	}
	return false
}

// unreached is the error of a request without an answer. That of package http
// begins with the URL, and may quote where a redirect led.
func (c *Client) unreached(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var broken net.Error // url.Error is one whatever it wraps
	if errors.As(err, &broken) && broken.Timeout() {
		return &TemporaryError{err: errors.New("it does not answer in time")}
	}
	if outer := (*url.Error)(nil); errors.As(err, &outer) {
		err = outer.Err
	}
	plain := errors.New(c.plain(err.Error()))
	if errors.As(err, &broken) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return &TemporaryError{err: plain}
	}
	return plain
}

// refused is the error of an answer that is none.
func (c *Client) refused(r *http.Response, body []byte) error {
	said := http.StatusText(r.StatusCode)
	var problem struct {
		Message any    `json:"message"` // GitLab's may be an object
		Error   string `json:"error"`
	}
	if len(body) <= maxKept && json.Unmarshal(body, &problem) == nil {
		if text, ok := problem.Message.(string); ok && text != "" {
			said = text
		} else if problem.Error != "" {
			said = problem.Error
		}
	}
	err := fmt.Errorf("it answers %d (%s)", r.StatusCode, c.plain(said))
	after, limited := waits(r.Header, time.Now())
	switch code := r.StatusCode; {
	case code == http.StatusTooManyRequests, code == http.StatusForbidden && limited:
		return &TemporaryError{After: after, err: err}
	case code >= 500, code == http.StatusRequestTimeout:
		return &TemporaryError{After: after, err: err}
	case code == http.StatusNotFound, code == http.StatusUnprocessableEntity, code == http.StatusConflict:
		// A commit that was pushed a moment ago may not be seen yet. A project
		// that the token may not see looks the same.
		return &TemporaryError{err: err}
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}

// waits says how long the forge asks to wait, and whether a limit of requests is
// why it does not answer: Retry-After in seconds or as a date (RFC 9110), else
// when the limit is lifted, as GitHub and GitLab name it.
func waits(h http.Header, now time.Time) (after time.Duration, limited bool) {
	if value := h.Get("Retry-After"); value != "" {
		if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
			after = time.Duration(seconds) * time.Second
		} else if date, err := http.ParseTime(value); err == nil {
			after = date.Sub(now)
		}
		limited = true
	}
	for _, prefix := range []string{"X-Ratelimit-", "Ratelimit-"} {
		if h.Get(prefix+"Remaining") != "0" {
			continue
		}
		limited = true
		if epoch, err := strconv.ParseInt(h.Get(prefix+"Reset"), 10, 64); err == nil && after <= 0 && epoch > 0 && epoch < 1<<40 {
			after = time.Unix(epoch, 0).Sub(now)
		}
	}
	return min(max(after, 0), maxWait), limited
}

// plain is a text of the forge as it is handed on: one line, bounded, without
// the token.
func (c *Client) plain(text string) string {
	cut := len(text) > 4*maxText
	if cut {
		text = text[:4*maxText]
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	text = strings.Join(strings.Fields(text), " ")
	if c.token != "" { // last, since what was taken out may have stood in it
		text = strings.ReplaceAll(text, c.token, "***")
		for n := min(len(c.token)-1, len(text)); cut && n > 0; n-- {
			if strings.HasSuffix(text, c.token[:n]) {
				text = text[:len(text)-n] + "***"
				break
			}
		}
	}
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + " …"
	}
	return text
}

// link is a URL of the forge as it is handed on, "" for one that is none.
func (c *Client) link(text string) string {
	u, err := url.Parse(text)
	if err != nil || len(text) > maxLink || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil ||
		c.token != "" && strings.Contains(text, c.token) {
		return ""
	}
	return u.String()
}
