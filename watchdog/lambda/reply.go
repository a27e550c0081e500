package lambda

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// reply is what a process is told, other than an event.
type reply struct {
	status int
	body   []byte
	length []string // of body, as a header: it is whole before the call ends
}

// The words of AWS where it has any. A runtime is to exit at a 500.
var (
	replyAccepted    = newReply(http.StatusAccepted, []byte(`{"status":"OK"}`))
	replyUnknownID   = refuse(http.StatusBadRequest, "InvalidRequestID", "no event with this request id is being answered")
	replyTruncated   = refuse(http.StatusBadRequest, "TruncatedHTTPRequest", "the body ends too early")
	replyPrelude     = refuse(http.StatusBadRequest, "InvalidPrelude", "the answer does not begin with valid metadata and 8 NUL bytes")
	replyNextBody    = refuse(http.StatusBadRequest, "InvalidRequest", "this request has no body")
	replyAnswered    = refuse(http.StatusForbidden, "InvalidStateTransition", "the event has been answered")
	replyBusy        = refuse(http.StatusForbidden, "InvalidStateTransition", "answer the events at hand before asking for another")
	replyInitFailed  = refuse(http.StatusForbidden, "InvalidStateTransition", "the runtime has reported that it cannot start")
	replyInitOver    = refuse(http.StatusForbidden, "InvalidStateTransition", "the runtime has started")
	replyNotFound    = refuse(http.StatusNotFound, "NotFound", "the runtime API has no such path")
	replyWrongMethod = refuse(http.StatusMethodNotAllowed, "MethodNotAllowed", "the path does not take this method")
	replyTooLarge    = refuse(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "the answer is larger than is allowed")
	replyClosed      = refuse(http.StatusInternalServerError, "InternalServerError", "the function is being stopped")
)

var typeJSON = []string{"application/json"}

func refuse(status int, kind, message string) reply {
	body, _ := json.Marshal(struct { // never fails
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}{kind, message})
	return newReply(status, body)
}

func newReply(status int, body []byte) reply {
	body = append(body, '\n')
	return reply{status, body, []string{strconv.Itoa(len(body))}}
}
