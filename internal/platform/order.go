package platform

// order is what the first process of a command is told, as a gob: arguments are
// bytes, which JSON does not keep.
type order struct {
	// Program is the file to run; "" to furnish only and end. Run and Env are as
	// execve takes them, Dir is where it starts.
	Program  string
	Run, Env []string
	Dir      string
	// Confined says that the process is the first of its own namespaces, Mapped
	// that a user namespace is among them, Offline that a network is. User and
	// Group are what the command runs as.
	Confined, Mapped, Offline bool
	User, Group               int
	Room                      room
	// Processes and Memory are the limits that the first process has to see to;
	// 0 where something else does.
	Processes int
	Memory    int64
	// MaxProcesses is the limit, whoever sees to it.
	MaxProcesses int
}

// room is what a confined command sees of the machine's files: all, to be read,
// but these.
type room struct {
	// Writable are files and folders that may be written, Readable those that are
	// there although something around them is not.
	Writable, Readable []string
	// Hidden are files and folders that are empty.
	Hidden []string
	// Temp is the folder that is /tmp, Tree the one at roomTree, Home the one at
	// roomHome; "" for those that stay where they are.
	Temp, Tree, Home string
}

// Where confined commands find their checkout and home: in a folder that is
// empty for them but for this. What a compiler keeps by the path of its input is
// good for the next checkout, and what a build prints says nothing of the
// machine.
const (
	roomAbove = "/run"
	roomTree  = roomAbove + "/backstay/tree"
	roomHome  = roomAbove + "/backstay/home"
)

// ending is what the first process of a command says last, as a gob.
type ending struct {
	// Exit and Signal are those of the command: one of them is -1, unless it did
	// not end by itself.
	Exit, Signal int
	// Limit is the limit that the first process saw it go over.
	Limit string
	// Unfit says why the process could not furnish the room, Error why the command
	// could not be started.
	Unfit, Error string
}

// The limits, as a Result's Detail names them.
const (
	limitTime      = "time"
	limitMemory    = "memory"
	limitProcesses = "processes"
	limitOutput    = "output"
	limitDisk      = "disk"
)
