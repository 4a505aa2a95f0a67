package patch

// File is the change of one path.
//
// For a symbolic link (mode 0120000) the bytes of the file are the target, for
// a submodule (mode 0160000) the line "Subproject commit <id>\n".
type File struct {
	// OldPath and NewPath are the path before and after; "" means that the file
	// does not exist on that side, so it is created or deleted. Both are safe
	// (see the package's invariants) and not necessarily UTF-8.
	OldPath, NewPath string
	// OldMode and NewMode are git modes: 0100644, 0100755, 0120000, 0160000; 0
	// where the diff doesn't state them.
	OldMode, NewMode uint32
	// OldID and NewID are the blob ids of the index line, at least four
	// digits of lower-case hex; "" if there is no such line, and for the side
	// on which the file does not exist. Hints: anybody can write them.
	OldID, NewID string
	// Binary says that git took the contents for binary.
	Binary bool
	// Rename and Copy say where the new file's contents come from: OldPath.
	Rename, Copy bool

	hunks cursor      // the text of all hunks, checked
	data  *binaryData // nil if the change is not binary or came without its data
}

// Name is the path for messages: the new one, or the old of a deleted file.
func (f File) Name() string {
	if f.NewPath == "" {
		return f.OldPath
	}
	return f.NewPath
}
