// Forms written without a signal: kept encrypted in this browser, sent when there is one (0 waits, 1 sent, 2 to mend).
(() => {
  const box = document.getElementById('outbox'), list = document.getElementById('outbox-list'), mine = sessionStorage
  const subtle = window.crypto && crypto.subtle, key = box.dataset.k, AES = 'AES-GCM'
  if (!subtle || !navigator.serviceWorker || !window.indexedDB) return
  if (key) {
    mine.k = key
    navigator.serviceWorker.register(box.dataset.sw, { scope: '/kader' })
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist()
  }
  // The key, and whose it is: a page of anybody else takes it away.
  let [secretly, whose] = (mine.k || '').split('.'), busy, waits
  if (box.dataset.whose !== undefined && box.dataset.whose !== whose) {
    mine.removeItem('k')
    secretly = ''
  }

  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))
  const secret = secretly
    ? subtle.importKey('raw', bytes(secretly), AES, false, ['encrypt', 'decrypt'])
    : Promise.resolve()
  const random = (count) => crypto.getRandomValues(new Uint8Array(count))

  const store = (act) => new Promise((done, failed) => {
    const opened = indexedDB.open('outbox', 1)
    opened.onupgradeneeded = () => opened.result.createObjectStore('form', { keyPath: 'id' })
    opened.onerror = failed
    opened.onsuccess = () => {
      const work = opened.result.transaction('form', 'readwrite'), asked = act(work.objectStore('form'))
      work.oncomplete = () => { opened.result.close(); done(asked.result) }
      work.onabort = failed
    }
  })
  const drop = (id) => store((forms) => forms.delete(id))
  const keep = (row) => {
    const iv = random(12), text = new TextEncoder().encode(JSON.stringify(row.form))
    return secret.then((secret) => subtle.encrypt({ name: AES, iv }, secret, text)).then((data) =>
      store((forms) => forms.put({ id: row.id, at: row.at, state: row.state, iv, data })))
  }
  const read = (row) => secret.then((secret) => subtle.decrypt({ name: AES, iv: row.iv }, secret, row.data)).then((text) => {
    row.form = JSON.parse(new TextDecoder().decode(text))
    return row
  }).catch(() => row)
  // What was not sent stays, for a phone's clock may jump: the server says what is too old.
  const all = () => store((forms) => forms.getAll()).then((rows) => Promise.all(rows.map(read))).then((rows) => rows.filter((row) => {
    const gone = row.at < Date.now() - 2592e5 && (row.state || secretly && !row.form) // 72 hours
    if (gone) drop(row.id)
    return !gone
  }).sort((one, other) => one.at - other.at))

  const say = (what) => { if (list) list.previousElementSibling.textContent = what ? list.dataset[what] || list.dataset.later : '' }
  const add = (to, tag, text) => {
    const made = to.appendChild(document.createElement(tag))
    made.textContent = text
    return made
  }
  const button = (to, text, act) => {
    add(to, 'span', ' ')
    const made = add(to, 'button', text)
    made.type = 'submit'
    made.onclick = () => { if (!busy) act() }
  }
  const formOf = (kind) => document.querySelector('form[data-kind=' + kind + ']')
  const line = (row) => {
    const item = add(list, 'li', ''), form = row.form
    add(item, 'b', list.dataset[form ? 's' + row.state : 'locked'])
    if (!form) return
    add(item, 'div', formOf(form.kind).previousElementSibling.textContent + ' …' + form.tail)
    add(item, 'div', form.said || '')
    if (row.state === 2) button(item, list.dataset.mend, () => {
      const shown = formOf(form.kind)
      Object.keys(form.typed).forEach((name) => { if (shown.elements[name]) shown.elements[name].value = form.typed[name] })
      shown.mends = row.id
      shown.parentNode.open = true
      shown.elements[0].focus()
    })
    if (row.state !== 1) button(item, list.dataset.drop, () => { if (confirm(list.dataset.sure)) drop(row.id).then(show) })
  }
  const show = () => all().then((rows) => {
    const count = [0, 0, 0]
    rows.forEach((row) => { if (row.form) count[row.state]++ })
    box.firstElementChild.textContent = box.dataset.count.replace(/\d/g, (place) => count[place])
    if (list) {
      list.textContent = ''
      rows.forEach(line)
    }
    return rows.filter((row) => row.form && !row.state)
  })

  const post = (row) => fetch('/kader/kirim', {
    method: 'POST',
    credentials: 'same-origin',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/json', 'X-Outbox': '1' },
    body: JSON.stringify(Object.assign({}, row.form.typed, {
      rid: row.id, whose, kind: row.form.kind, mends: row.form.mends || '', age: Math.max(0, Math.round((Date.now() - row.at) / 1000))
    }))
  }).then((answer) => {
    if (answer.status === 401) throw 'enter'
    if ([200, 202, 409, 422].indexOf(answer.status) < 0) throw 'later'
    return answer.json().then((told) => {
      row.state = answer.status === 200 ? 1 : 2
      row.at = Date.now()
      if (row.state === 1) delete row.form.typed
      row.form.said = told.t
      return keep(row)
    })
  }, () => { throw 'offline' })
  const send = () => {
    if (busy) return
    busy = 1
    return show().then((rows) => rows.reduce((before, row) => before.then(() => post(row)), Promise.resolve()))
      .then(() => '', (why) => why).then((why) => {
        busy = 0
        say(secretly ? why : 'key')
        return show().then((rows) => { if (!why && rows.length) send() })
      })
  }

  if (list) {
    list.nextElementSibling.hidden = false
    document.querySelectorAll('form[data-kind]').forEach((shown) => {
      shown.onsubmit = (event) => {
        event.preventDefault()
        if (waits) return
        waits = 1
        const form = { kind: shown.dataset.kind, typed: {}, tail: shown.elements[0].value.slice(-4), mends: shown.mends }
        new FormData(shown).forEach((text, name) => { form.typed[name] = text })
        all().then((rows) => rows.filter((row) => row.form)).then((rows) => {
          const sent = rows.filter((row) => row.state === 1)[0]
          if (rows.length < 50 || form.mends) return
          if (!sent) throw 'full'
          return drop(sent.id)
        }).then(() => keep({ id: Array.from(random(12), (byte) => ('0' + byte.toString(16)).slice(-2)).join(''), at: Date.now(), state: 0, form }))
          .then(() => form.mends && drop(form.mends)).then(() => {
            shown.reset()
            delete shown.mends
            shown.parentNode.open = false
            if (!send()) show() // while one is on its way, the next can be kept
          }).catch((why) => say(why === 'full' ? why : 'key')).then(() => { waits = 0 })
      }
    })
  }
  addEventListener('online', send)
  send()
})()
