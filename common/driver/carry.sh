# Programs of the user's own: -b 'cmd:COMMAND' and --with FILE. Copied, with the program that measures
# (common/cmd), into a folder that every platform gets to see ($CARRY; see common/platforms/platform.sh).
#
#   cmd:COMMAND                                  how long it takes
#   cmd:value[,unit=UNIT][,better=WHICH]:COMMAND what it prints: the last number on its last line
#
# COMMAND is split into words as a shell does it, quotes included, and nothing else in it is special. Its
# first word is the program, by path or from PATH; a word that is a FILE of --with stands for that file
# there.
#
# $RUN/carry/ holds cmd, programs and files; lib/ in it the libraries of programs that are not static,
# with their dynamic linker: so the same ones run everywhere. $RUN/linkers: `PROGRAM LINKER`, one a line.

# carry_encode: a line as one word that can be a file's name, too: what is not plain is written in octal.
carry_encode() {
    od -An -v -to1 | awk '
        BEGIN {
            for (i = 33; i < 127; i++) {
                letter = sprintf("%c", i)
                if (letter ~ /[A-Za-z0-9:=.+_-]/) plain[sprintf("%03o", i)] = letter
            }
        }
        { for (i = 1; i <= NF; i++) if ($i != "012") printf "%s", $i in plain ? plain[$i] : "%" $i }
        END { print "" }'
}

# carry_command BENCHMARK: the command itself. carry_option BENCHMARK NAME DEFAULT: of its value.
carry_command() {
    carry_text=$(part_asked "$1")
    case $carry_text in
    cmd:value:* | cmd:value,*:*) carry_text=${carry_text#cmd:*:} ;;
    *) carry_text=${carry_text#cmd:} ;;
    esac
    printf '%s\n' "$carry_text"
}
carry_option() {
    carry_text=$(part_asked "$1")
    carry_text=${carry_text#cmd:}
    case ,${carry_text%%:*}, in
    *,"$2"=*)
        carry_text=,${carry_text%%:*},
        carry_text=${carry_text#*,"$2"=}
        echo "${carry_text%%,*}"
        ;;
    *) echo "$3" ;;
    esac
}
carry_is_value() { case $(part_asked "$1") in cmd:value:* | cmd:value,*:*) ;; *) return 1 ;; esac }

# carry_split BENCHMARK: the words of its command, one a line.
carry_split() { carry_command "$1" | xargs printf '%s\n' 2>/dev/null; }

# carry_file FILE: absolute; fails where there is none. carry_find WORD: the program that it means, likewise.
carry_file() {
    case $1 in /*) carry_path=$1 ;; *) carry_path=$CARRY_FROM/$1 ;; esac
    [ -f "$carry_path" ] || return
    echo "$carry_path"
}
carry_find() {
    case $1 in
    */*)
        carry_file "$1"
        return
        ;;
    esac
    echo "$PATH:/usr/sbin:/sbin" | tr : '\n' | {
        while IFS= read -r carry_folder; do
            if [ -f "$carry_folder/$1" ] && [ -x "$carry_folder/$1" ]; then
                echo "$carry_folder/$1"
                exit
            fi
        done
        exit 1
    }
}

# carry_check BENCHMARK: says why it cannot be had, and fails.
carry_check() {
    carry_asked=$(part_asked "$1")
    if [ "${#1}" -gt 240 ]; then
        echo "$carry_asked: too long to be a row's name; put it into a script"
    elif ! carry_split "$1" >/dev/null; then
        echo "$carry_asked: a quote that has no end"
    elif ! carry_program=$(carry_split "$1" | head -n 1 | grep .); then
        echo "$carry_asked: cmd wants a command, such as 'cmd:./mybench --size 3'"
    elif ! carry_path=$(carry_find "$carry_program"); then
        echo "$carry_asked: $carry_program: no such program"
    elif [ ! -x "$carry_path" ] || [ ! -r "$carry_path" ]; then
        echo "$carry_asked: $carry_program: may not be run; chmod +x"
    else
        carry_check_value "$1"
        return
    fi
    return 1
}

carry_check_value() {
    ! carry_is_value "$1" || case $(carry_option "$1" better higher):$(carry_option "$1" unit 1) in
    lower:*[!A-Za-z0-9/._-]* | higher:*[!A-Za-z0-9/._-]*) echo \
        "$carry_asked: unit= takes letters, digits and / . _ -" && return 1 ;;
    lower:?* | higher:?*) ;;
    *) echo "$carry_asked: better= takes lower or higher" && return 1 ;;
    esac
}

# carry_add FILE FOLDER: copies it there; another one of the same name is refused.
carry_add() {
    carry_to=$2/${1##*/}
    case ${1##*/} in
    *[!A-Za-z0-9._+-]*)
        say_bad "$1: only letters, digits and . _ + - in the name of a file that is carried"
        ;;
    esac
    [ ! -e "$carry_to" ] || cmp -s "$1" "$carry_to" || say_bad "$1: another ${1##*/} is carried already"
    mkdir -p "$2"
    if ! cp "$1" "$carry_to" || ! chmod u=rwX,go=rX "$carry_to"; then say_fail "$1: cannot be copied"; fi
}

# carry_make: fills the folder, where a benchmark needs it.
carry_make() {
    CARRY=''
    case " $CHOSEN_BENCHMARKS " in
    *' cmd:'*) ;;
    *)
        [ -z "$CARRY_WITH" ] || say_bad "--with: no benchmark cmd:COMMAND that would need it"
        return 0
        ;;
    esac
    CARRY=$RUN/carry
    mkdir -p "$CARRY"
    : >"$RUN/linkers"
    carry_add "$BUILD/cmd" "$CARRY"
    printf '%s' "$CARRY_WITH" | while IFS= read -r carry_with; do
        carry_path=$(carry_file "$carry_with") || say_bad "--with $carry_with: no such file"
        case $carry_with in
        *.so | *.so.*) carry_add "$carry_path" "$CARRY/lib" ;;
        *) carry_add "$carry_path" "$CARRY" ;;
        esac
    done || exit
    for carry_benchmark in $CHOSEN_BENCHMARKS; do
        case $carry_benchmark in
        cmd:*)
            carry_why=$(carry_check "$carry_benchmark") || say_bad "$carry_why"
            carry_program=$(carry_find "$(carry_split "$carry_benchmark" | head -n 1)")
            carry_add "$carry_program" "$CARRY"
            carry_libraries "$carry_program"
            ;;
        esac
    done
}

# carry_libraries PROGRAM: what it is linked with, if it is not static.
carry_libraries() {
    command -v ldd >/dev/null 2>&1 || return 0
    LD_LIBRARY_PATH=$CARRY/lib ldd "$1" 2>/dev/null | awk '
        $2 == "=>" && $3 == "not" { print "lacks " $1; next }
        $2 == "=>" && $3 ~ /^\// { print "library " $3; next }
        $1 ~ /^\// { print "linker " $1 }' >"$RUN/libraries"
    while read -r carry_kind carry_library; do
        case $carry_kind in
        lacks)
            say_bad "${1##*/}: needs the library $carry_library, which is not here; --with FILE carries it"
            ;;
        linker) echo "${1##*/} ${carry_library##*/}" >>"$RUN/linkers" ;;
        esac
        case $carry_library in
        "$CARRY"/*) ;;
        *) carry_add "$carry_library" "$CARRY/lib" ;;
        esac
    done <"$RUN/libraries"
}

# carry_sums: "SHA256  FILE" of all that is carried, as it is here. carry_sums_there: as it is on the
# platform.
carry_script='cd "$0" && find . -type f | sort | xargs sha256sum | sed "s|  \./|  carried/|"'
carry_sums() { [ -z "$CARRY" ] || sh -c "$carry_script" "$CARRY"; }
carry_sums_there() {
    if [ -z "$CARRY" ] || ! command -v platform_carried >/dev/null; then return 0; fi
    platform_run sh -c "$carry_script" "$(platform_carried)"
}

# carry_words BENCHMARK FOLDER: its command as it is there, where $CARRY is FOLDER; one word a line.
carry_words() {
    carry_split "$1" | {
        IFS= read -r carry_program
        carry_program=${carry_program##*/}
        carry_linker=$(sed -n "s/^$carry_program //p" "$RUN/linkers" | head -n 1)
        [ -z "$carry_linker" ] || printf '%s\n' "$2/lib/$carry_linker" --library-path "$2/lib"
        echo "$2/$carry_program"
        while IFS= read -r carry_word; do
            if [ -n "$carry_word" ] && printf '%s' "$CARRY_WITH" | grep -qxF -e "$carry_word"; then
                carry_word=$2/${carry_word##*/}
            fi
            printf '%s\n' "$carry_word"
        done
    }
}
