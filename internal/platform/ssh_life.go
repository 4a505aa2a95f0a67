package platform

import (
	"context"
	"sync"
)

// life is that of a place: what runs there joins it, and its end waits for them.
type life struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	running sync.WaitGroup
	// mu guards that nothing starts to run after the end.
	mu sync.Mutex
}

func newLife(ctx context.Context) *life {
	l := &life{}
	l.ctx, l.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	return l
}

// join gives a context that is over when either is.
func (l *life) join(ctx context.Context) (_ context.Context, leave func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return nil, nil, context.Cause(l.ctx)
	}
	l.running.Add(1)
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(l.ctx, func() { cancel(context.Cause(l.ctx)) })
	return ctx, func() { stop(); cancel(nil); l.running.Done() }, nil
}

// end calls off what runs, and waits for it.
func (l *life) end() {
	l.mu.Lock()
	l.cancel(errClosed)
	l.mu.Unlock()
	l.running.Wait()
}
