/** An activity or a message, as the API sends it. */
interface Post {
  readonly display_name: string;
  readonly handle: string;
  readonly message: string;
  readonly created_at: string;
  readonly replies?: readonly Post[];
}

/** The posts in any answer of the API: a list, a profile with its activities, or the one post that was just made. */
export function postsOf(body: unknown): readonly Post[] {
  if (Array.isArray(body)) {
    return body as Post[];
  }
  if (typeof body !== 'object' || body === null) {
    return [];
  }
  if ('activities' in body) {
    return body.activities as Post[];
  }
  return 'message' in body ? [body as Post] : [];
}

export function renderPosts(posts: readonly Post[]): HTMLElement[] {
  return posts.map((post) => {
    const article = document.createElement('article');
    const by = document.createElement('p');
    by.className = 'by';
    const name = document.createElement('b');
    name.textContent = post.display_name;
    const time = document.createElement('time');
    time.dateTime = post.created_at;
    time.textContent = new Date(post.created_at).toLocaleString();
    by.append(name, ` @${post.handle} · `, time);
    const message = document.createElement('p');
    message.textContent = post.message;
    article.append(by, message, ...renderPosts(post.replies ?? []));
    return article;
  });
}
